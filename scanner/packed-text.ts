import { gzipInBase64, nextGzipInBase64 } from './gzip-in-base64.ts'
import { alphabetOnly } from './token-at.ts'

export interface PackedText {
  readonly at: number
  /** What was written in base64: a gzip file, or what merely begins like one. */
  readonly bytes: Buffer
}

/** A longer run is cut here, because it is held in memory; what was cut off is told. */
const packedCharactersMax = 8 * 1024 * 1024
const charactersMin = 24

const inRun = new Uint8Array(256)
for (const character of 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/-_\\ \t\r\n')
  inRun[character.charCodeAt(0)] = 1

/** Finds gzip files that were written in base64 into a text, such as user data in a Terraform state file. */
export class PackedTexts {
  #run: { at: number; texts: string[]; characters: number } | undefined
  cut = 0

  /** Takes `bytes` from `from` to `to`; may look beyond, up to `end`. `before` bytes of the stream came before `bytes`. */
  take(bytes: Buffer, from: number, to: number, before: number): PackedText[] {
    const found: PackedText[] = []
    let at = from
    while (at < to) {
      if (!this.#run) {
        const start = nextGzipInBase64(bytes, at, Math.min(bytes.length, to + gzipInBase64.length - 1))
        if (start < 0) break
        this.#run = { at: before + start, texts: [], characters: 0 }
        at = start
      }
      const end = endOfRun(bytes, at, to)
      this.#grow(bytes, at, end)
      at = end
      if (end < to) found.push(...this.end())
    }
    return found
  }

  end(): PackedText[] {
    const run = this.#run
    this.#run = undefined
    if (!run || run.characters < charactersMin) return []
    return [{ at: run.at, bytes: Buffer.from(alphabetOnly(run.texts.join('')), 'base64') }]
  }

  #grow(bytes: Buffer, from: number, to: number): void {
    const run = this.#run
    if (!run || run.characters > packedCharactersMax) return
    run.texts.push(bytes.toString('latin1', from, to))
    run.characters += to - from
    if (run.characters > packedCharactersMax) this.cut += 1
  }
}

function endOfRun(bytes: Uint8Array, from: number, to: number): number {
  let at = from
  while (at < to && inRun[bytes[at]!] === 1) at++
  return at
}
