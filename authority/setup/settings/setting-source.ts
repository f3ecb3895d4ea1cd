/** Looks a setting up: a flag, else its variable, else the file that its `…_FILE` variable names. */
import { readValueFile } from './read-file.ts'
import { isServiceVariable, type SettingName, settingNames, variableOf } from './setting-names.ts'
import { WrongUsage } from './wrong-usage.ts'

export type Flags = Readonly<Record<string, string | boolean | undefined>>
export type Environment = Readonly<Record<string, string | undefined>>
export type ReadValue = (name: SettingName) => string | undefined

export function settingSource(flags: Flags, environment: Environment): ReadValue {
  const variable = (name: string) => {
    const value = environment[name]
    return value && !isServiceVariable(name, value) ? value : undefined
  }
  return (name) => {
    const flag = flags[name]
    if (typeof flag === 'string') return flag
    const direct = variableOf(name)
    const [value, path] = [variable(direct), variable(`${direct}_FILE`)]
    if (value && path) throw new WrongUsage(`${direct} and ${direct}_FILE: set only one of them`)
    if (!path) return value
    return settingNames[name] === 'path' ? path : readValueFile(`${direct}_FILE`, path)
  }
}
