/** Parses settings that are a number, a choice or a short text. */
import { mintMark } from '@mintmark/token'
import { WrongUsage } from './wrong-usage.ts'

export function readInteger(name: string, text: string, min: number, max: number): number {
  const value = Number(text)
  if (!/^\d{1,9}$/.test(text) || value < min || value > max)
    throw new WrongUsage(`${name}: expected a whole number from ${min} to ${max}`)
  return value
}

export function readBoolean(name: string, text: string | undefined): boolean {
  if (text && !['true', 'false'].includes(text)) throw new WrongUsage(`${name}: expected true or false`)
  return text === 'true'
}

export const logLevels = ['trace', 'debug', 'info', 'warn', 'error', 'silent'] as const
export type LogLevel = (typeof logLevels)[number]

export const accessLogs = ['all', 'errors', 'off'] as const
export type AccessLog = (typeof accessLogs)[number]

export function readChoice<T extends string>(name: string, text: string, choices: readonly T[]): T {
  const choice = choices.find((each) => each === text)
  if (choice) return choice
  throw new WrongUsage(`${name}: expected ${choices.slice(0, -1).join(', ')} or ${choices.at(-1)}`)
}

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
