/** Parses settings that are a number, a choice or a short text. */
import { mintMark } from '@mintmark/token'
import { labelOf, type SettingsWith, settings } from './declarations.ts'
import type { ReadValue } from './setting-source.ts'
import { WrongUsage } from './wrong-usage.ts'

type Defaulted = SettingsWith<{ fallback: string }>
type IntegerName = SettingsWith<{ min: number; max: number }>

/** Returns undefined if the setting has no default and is not set. */
export function readInteger<N extends IntegerName>(value: ReadValue, name: N) {
  const text: string | undefined = value(name)
  const { min, max } = settings[name]
  const number = Number(text)
  if (text !== undefined && (!/^\d{1,9}$/.test(text) || number < min || number > max))
    throw new WrongUsage(`${labelOf(name)}: expected a whole number from ${min} to ${max}`)
  return (text === undefined ? undefined : number) as N extends Defaulted ? number : number | undefined
}

type ChoiceName = Defaulted & SettingsWith<{ choices: readonly string[] }>

export function readChoice<N extends ChoiceName>(value: ReadValue, name: N): (typeof settings)[N]['choices'][number] {
  const choices: readonly string[] = settings[name].choices
  const choice = choices.find((each) => each === value(name))
  if (choice) return choice as (typeof settings)[N]['choices'][number]
  throw new WrongUsage(`${labelOf(name)}: expected ${choices.slice(0, -1).join(', ')} or ${choices.at(-1)}`)
}

export type LogLevel = (typeof settings.logLevel.choices)[number]
export type AccessLog = (typeof settings.accessLog.choices)[number]

export function readMintMark(text: string | undefined): string | null {
  try {
    return text === undefined ? null : mintMark(text).text
  } catch (error) {
    throw new WrongUsage(`MINTMARK_MINT_MARK: ${(error as Error).message}`)
  }
}

export function readMetricsToken(text: string | undefined): string | null {
  if (text !== undefined && !/^[\x21-\x7e]{16,255}$/.test(text))
    throw new WrongUsage('MINTMARK_METRICS_TOKEN: expected 16 to 255 printable ASCII characters without spaces')
  return text ?? null
}
