import { packedStartBytesMax, packedStarts } from './packed-in-base64.ts'
import { base64Only } from './separators.ts'

export interface PackedText {
  readonly at: number
  /** The decoded bytes: an archive, or data that starts like one. */
  readonly bytes: Buffer
}

/** Maximum length of a run, which is held in memory. The rest is reported as not scanned. */
const packedCharactersMax = 8 * 1024 * 1024
const charactersMin = 24

const inRun = new Uint8Array(256)
for (const character of 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/-_%\\ \t\r\n')
  inRun[character.charCodeAt(0)] = 1

/** Finds base64-encoded archives in text, such as user data in a Terraform state file. */
export class PackedTexts {
  #run: { at: number; texts: string[]; characters: number } | undefined
  cut = 0

  /** Searches `bytes` from `from` to `to`, and may read up to `end`. `before` is the number of bytes of the stream before `bytes`. */
  take(bytes: Buffer, from: number, to: number, before: number): PackedText[] {
    const found: PackedText[] = []
    const end = Math.min(bytes.length, to + packedStartBytesMax - 1)
    // Each kind of start is searched for only once.
    const nexts = packedStarts.map(() => -1)
    let at = from
    while (at < to) {
      if (!this.#run) {
        const [start, prefix] = nextStart(bytes, at, end, nexts)
        if (start >= to) break
        this.#run = { at: before + start, texts: [prefix], characters: prefix.length }
        at = start
      }
      const runEnd = endOfRun(bytes, at, to)
      this.#grow(bytes, at, runEnd)
      at = runEnd
      if (runEnd < to) found.push(...this.end())
    }
    return found
  }

  end(): PackedText[] {
    const run = this.#run
    this.#run = undefined
    if (!run || run.characters < charactersMin) return []
    return [{ at: run.at, bytes: Buffer.from(base64Only(run.texts.join('')), 'base64') }]
  }

  #grow(bytes: Buffer, from: number, to: number): void {
    const run = this.#run
    if (!run || run.characters > packedCharactersMax) return
    run.texts.push(bytes.toString('latin1', from, to))
    run.characters += to - from
    if (run.characters > packedCharactersMax) this.cut += 1
  }
}

/** Returns the next start from `at` and its prefix. `nexts` caches the next position of each kind. */
function nextStart(bytes: Buffer, at: number, end: number, nexts: number[]): [start: number, prefix: string] {
  let nearest: [number, string] = [Number.POSITIVE_INFINITY, '']
  for (const [kind, { prefix, next }] of packedStarts.entries()) {
    if (nexts[kind]! < at) {
      const found = next(bytes, at, end)
      nexts[kind] = found < 0 ? Number.POSITIVE_INFINITY : found
    }
    if (nexts[kind]! < nearest[0]) nearest = [nexts[kind]!, prefix]
  }
  return nearest
}

const equals = 0x3d

function endOfRun(bytes: Uint8Array, from: number, to: number): number {
  let at = from
  while (at < to && (inRun[bytes[at]!] === 1 || isSoftLineEnd(bytes, at))) at++
  return at
}

/** A soft line break of quoted-printable. */
const isSoftLineEnd = (bytes: Uint8Array, at: number): boolean =>
  bytes[at] === equals && (bytes[at + 1] === 0x0a || bytes[at + 1] === 0x0d)
