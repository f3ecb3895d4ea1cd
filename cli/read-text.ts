/** Reads a text file that an option or a variable names. */
import { readFileSync } from 'node:fs'
import { decodeText, InvalidText } from '@mintmark/token'
import { WrongUsage } from './report-error.ts'

/** UTF-8, with or without a byte order mark. `subject` begins the sentence when it cannot be read. */
export function readText(path: string, subject = path): string {
  const text = readTextIfPresent(path, subject)
  if (text === undefined) throw new WrongUsage(`${subject} cannot be read (ENOENT)`)
  return text
}

/** Undefined when there is no such file. */
export function readTextIfPresent(path: string, subject = path): string | undefined {
  try {
    return decodeText(readFileSync(path))
  } catch (error) {
    if (error instanceof InvalidText) throw new WrongUsage(`${subject}: ${error.message}`)
    const { code } = error as { code?: string }
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined
    throw new WrongUsage(`${subject} cannot be read (${code ?? 'unknown error'})`)
  }
}
