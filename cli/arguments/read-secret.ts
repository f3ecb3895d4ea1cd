import { readText, standardInput } from './read-text.ts'

/** Reads a secret from a file, or from standard input if the file is `-`. Removes a final line break. */
export const readSecret = (file: string): string =>
  readText(file === '-' ? standardInput : file, file === '-' ? 'standard input' : file).replace(/\r?\n$/, '')
