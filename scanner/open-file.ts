import { closeSync, constants, fstatSync, openSync } from 'node:fs'

/** A name that is no UTF-8 has no string that leads back to it. */
export type Path = string | Buffer

/** Opens a file for as long as `work` takes. It is called with its size, which is a hint: files grow, and /proc says 0. */
export async function withFile<T>(path: Path, work: (file: number, size: number) => Promise<T> | T): Promise<T | null> {
  // Without waiting: a named pipe that took the place of a file would otherwise hold us until someone writes to it.
  const file = openSync(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0))
  try {
    const stat = fstatSync(file)
    return stat.isFile() ? await work(file, stat.size) : null
  } finally {
    closeSync(file)
  }
}
