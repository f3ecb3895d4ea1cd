/** A first look at files, as quick as it can be: nearly all of them hold nothing, and are read no second time. */
import { readSync } from 'node:fs'
import type { Needles } from './needles.ts'
import { type Path, withFile } from './open-file.ts'
import { holdsPackedStart } from './packed-in-base64.ts'
import { packingOf } from './packing.ts'
import { whyUnreadable } from './unreadable.ts'

export interface SiftedFiles {
  /** Of those that hold nothing. */
  readonly files: number
  readonly bytes: number
  /** Which of the paths are worth a closer look. */
  readonly suspects: readonly number[]
  readonly skipped: readonly string[]
}

const heldBytes = 128 * 1024
/** So often others get their turn, among them whoever presses Ctrl-C. */
const bytesWithoutPause = 16 * 1024 * 1024
const idle: Buffer[] = []

export async function siftFiles(paths: readonly Path[], needles: Needles): Promise<SiftedFiles> {
  const held = idle.pop() ?? Buffer.allocUnsafeSlow(heldBytes)
  const suspects: number[] = []
  const skipped: string[] = []
  let [files, bytes] = [0, 0]
  for (const [at, path] of paths.entries()) {
    try {
      const reading = withFile(path, (file, size) => bytesWithoutSuspicion(file, size, held, needles))
      const read = reading instanceof Promise ? await reading : reading
      if (read === null) skipped.push('neither file nor folder')
      else if (read < 0) suspects.push(at)
      else {
        files += 1
        bytes += read
      }
    } catch (error) {
      skipped.push(whyUnreadable(error))
    }
  }
  idle.push(held)
  return { files, bytes, suspects, skipped }
}

/** How many bytes were read; -1 when there is something among them. Most files are read by one call, without a promise. */
function bytesWithoutSuspicion(file: number, size: number, held: Buffer, needles: Needles): number | Promise<number> {
  const length = readSync(file, held)
  if (packingOf(held, 0, length) || isSuspicious(held, length, needles)) return -1
  return length === size && size > 0 ? length : theRest(file, length, held, needles)
}

async function theRest(file: number, first: number, held: Buffer, needles: Needles): Promise<number> {
  let length = first
  let unpaused = 0
  for (let bytes = first; ; ) {
    // A needle may have begun in what was read before.
    const kept = Math.min(length, needles.bytesMax)
    held.copyWithin(0, length - kept, length)
    const count = readSync(file, held, kept, held.length - kept, null)
    if (count === 0) return bytes
    length = kept + count
    if (isSuspicious(held, length, needles)) return -1
    bytes += count
    unpaused += count
    if (unpaused < bytesWithoutPause) continue
    unpaused = 0
    await new Promise(setImmediate)
  }
}

function isSuspicious(held: Buffer, length: number, needles: Needles): boolean {
  return needles.next(held, 0, length) >= 0 || holdsPackedStart(held, 0, length)
}
