/** Looks a setting up: a flag, else its variable, else the file that its `…_FILE` variable names, else its default. */

import { type Setting, type SettingName, type SettingsWith, settings, variableOf } from './declarations.ts'
import { readValueFile } from './read-file.ts'
import { isServiceVariable } from './setting-names.ts'
import { WrongUsage } from './wrong-usage.ts'

export type Flags = Readonly<Record<string, string | boolean | undefined>>
export type Environment = Readonly<Record<string, string | undefined>>
/** Returns the value or the default of a setting; undefined if it has neither. */
export type ReadValue = <N extends SettingName>(
  name: N,
) => string | (N extends SettingsWith<{ fallback: string }> ? never : undefined)

export function settingSource(flags: Flags, environment: Environment): ReadValue {
  const variable = (name: string) => {
    const value = environment[name]
    return value && !isServiceVariable(name, value) ? value : undefined
  }
  const read = (name: SettingName): string | undefined => {
    const flag = flags[name]
    if (typeof flag === 'string') return flag
    const setting: Setting = settings[name]
    const direct = variableOf(name)
    const [value, path] = [variable(direct), variable(`${direct}_FILE`)]
    if (value && path) throw new WrongUsage(`${direct} and ${direct}_FILE: set only one of them`)
    if (!path) return value ?? setting.fallback
    return setting.path ? path : readValueFile(`${direct}_FILE`, path)
  }
  return read as ReadValue
}
