import { closeSync, constants, fstatSync, openSync } from 'node:fs'

/** A buffer for names that are not valid UTF-8. */
export type Path = string | Buffer

/**
 * Opens a file for the duration of `work`. Returns null if it is not a file. The size is a hint: files grow, and /proc has 0.
 * Synchronous if `work` is, because most files are small.
 */
export function withFile<T>(path: Path, work: (file: number, size: number) => T): T | null {
  // Non-blocking: opening a named pipe would otherwise wait for a writer.
  const file = openSync(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0))
  let working: unknown
  try {
    const stat = fstatSync(file)
    const done = stat.isFile() ? work(file, stat.size) : null
    if (!(done instanceof Promise)) return done
    working = done
    return done.finally(() => closeSync(file)) as T
  } finally {
    if (working === undefined) closeSync(file)
  }
}
