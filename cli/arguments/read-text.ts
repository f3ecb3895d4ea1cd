/** Reads text files that are named by options or environment variables. */
import { readFileSync } from 'node:fs'
import { decodeText, InvalidText } from '@mintmark/token'
import { WrongUsage } from '../report-error.ts'

/** The file descriptor. */
export const standardInput = 0

/** Reads UTF-8 with or without a byte order mark. Error messages start with `subject`. */
export function readText(path: string | typeof standardInput, subject = String(path)): string {
  const text = readTextIfPresent(path, subject)
  if (text === undefined) throw new WrongUsage(`${subject} cannot be read (ENOENT)`)
  return text
}

/** Returns undefined if the file does not exist. */
export function readTextIfPresent(path: string | typeof standardInput, subject = String(path)): string | undefined {
  try {
    return decodeText(readFileSync(path))
  } catch (error) {
    if (error instanceof InvalidText) throw new WrongUsage(`${subject}: ${error.message}`)
    const { code } = error as { code?: string }
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined
    throw new WrongUsage(`${subject} cannot be read (${code ?? 'unknown error'})`)
  }
}
