import { closeSync, constants, fstatSync, openSync } from 'node:fs'

/** A name that is no UTF-8 has no string that leads back to it. */
export type Path = string | Buffer

/**
 * Opens a file for as long as `work` takes; null when it is none. The size is a hint: files grow, and /proc says 0.
 * Without a promise where `work` needs none: there are many files, and most are small.
 */
export function withFile<T>(path: Path, work: (file: number, size: number) => T): T | null {
  // Without waiting: a named pipe that took the place of a file would otherwise hold us until someone writes to it.
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
