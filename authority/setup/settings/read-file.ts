/** Reads the files that settings name. Errors are one sentence and never contain file content. */
import { closeSync, openSync, readSync } from 'node:fs'
import { decodeText, InvalidText } from '@mintmark/token'
import { WrongUsage } from './wrong-usage.ts'

const pieceBytes = 65_536
/** For a document to import. Certificates, key lists and secrets are small. */
export const documentBytesMax = 256 * 1024 * 1024
const smallBytesMax = 1024 * 1024

/** Returns the text of a file. `setting` is the option or variable with its path. Throws `WrongUsage`. */
export function readTextFile(setting: string, path: string, bytesMax = smallBytesMax): string {
  try {
    return decodeText(readBytes(setting, path, bytesMax))
  } catch (error) {
    if (error instanceof InvalidText) throw new WrongUsage(`${setting}: ${path}: ${error.message}`)
    if (error instanceof WrongUsage) throw error
    throw new WrongUsage(`${setting}: ${path} cannot be read (${(error as { code?: string }).code ?? 'unknown error'})`)
  }
}

/** Reads in pieces, because a pipe has no size. */
function readBytes(setting: string, path: string, bytesMax: number): Uint8Array {
  const file = openSync(path, 'r')
  try {
    const pieces: Uint8Array[] = []
    let size = 0
    for (;;) {
      const piece = Buffer.alloc(pieceBytes)
      const length = readSync(file, piece)
      if (length === 0) return Buffer.concat(pieces)
      size += length
      if (size > bytesMax) throw new WrongUsage(`${setting}: ${path} is larger than ${bytesMax} bytes`)
      pieces.push(piece.subarray(0, length))
    }
  } finally {
    closeSync(file)
  }
}

/** Reads a file that contains one value, such as a mounted secret, without its trailing line break. */
export function readValueFile(setting: string, path: string): string {
  const text = readTextFile(setting, path).replace(/\r?\n$/, '')
  if (text === '') throw new WrongUsage(`${setting}: ${path} is empty`)
  return text
}

/** Throws `WrongUsage` if the file cannot be read or is not JSON. */
export function readJsonFile(setting: string, path: string, bytesMax?: number): unknown {
  const text = readTextFile(setting, path, bytesMax)
  try {
    return JSON.parse(text)
  } catch {
    throw new WrongUsage(`${setting}: ${path} is not valid JSON`)
  }
}
