import { type PackedText, PackedTexts } from './packed-text.ts'
import { spanBytesBefore, spanBytesMax, type TokenAt, type TokenFound, tokenAt } from './token-at.ts'
import { patternAt, tokenPatterns, tokenStart, type Writing } from './token-patterns.ts'

export interface Spot {
  /** Both start at 1. Columns count bytes, or code units of UTF-16. */
  readonly line: number
  readonly column: number
}

export type Found = Spot & { readonly writing: Writing; readonly within: readonly Writing[] } & TokenFound
export type Packed = Spot & Pick<PackedText, 'bytes'>

const heldBytesMax = 256 * 1024
const newline = 0x0a
const always = () => true
/** Less than the length of a token in any encoding. */
const repeatedBytesMax = 180
const encoded: ReadonlySet<Writing> = new Set(['base64', 'hex', 'decimal'])

/**
 * Searches a stream of bytes in chunks of any size, with constant memory. A possible token is parsed when all of its bytes
 * are available, so chunk boundaries make no difference.
 */
export class TokenSearch {
  readonly #held = Buffer.allocUnsafeSlow(heldBytesMax)
  #length = 0
  #searched = 0
  /** Bytes of the stream before the buffer. */
  #before = 0
  #line = 1
  #lineStart = 0
  #packed = new PackedTexts()
  /** The token that was found last. */
  #last: { tokenId: string; offset: number } | undefined
  /** Patterns before this offset belong to a token that was already found. */
  #covered = 0
  /** Called before parsing a possible token, which takes time. Returns whether it is allowed. */
  mayLook: (isEncoded: boolean) => boolean = always
  /** Returns and removes the tokens found so far. */
  readonly found: Found[] = []
  readonly packed: Packed[] = []

  push(chunk: Uint8Array): void {
    for (let at = 0; at < chunk.length; ) {
      const taken = Math.min(chunk.length - at, heldBytesMax - this.#length)
      this.#held.set(at === 0 && taken === chunk.length ? chunk : chunk.subarray(at, at + taken), this.#length)
      this.#length += taken
      at += taken
      if (this.#length === heldBytesMax) this.#makeRoom()
    }
  }

  /** Searches the rest of the stream and resets for the next one. Returns the number of texts that were too long to unpack. */
  end(): { readonly cut: number } {
    this.#search(this.#length)
    for (const packed of this.#packed.end()) this.#addPacked(packed)
    const { cut } = this.#packed
    this.#length = this.#searched = this.#before = this.#lineStart = 0
    this.#line = 1
    this.#packed = new PackedTexts()
    this.#last = undefined
    this.#covered = 0
    this.mayLook = always
    return { cut }
  }

  #makeRoom(): void {
    this.#search(this.#length - spanBytesMax)
    const dropped = this.#searched - spanBytesBefore
    this.#countLines(dropped)
    this.#held.copyWithin(0, dropped, this.#length)
    this.#length -= dropped
    this.#searched -= dropped
    this.#before += dropped
  }

  /** Searches for everything that starts before `to`. */
  #search(to: number): void {
    const [held, length, from] = [this.#held, this.#length, this.#searched]
    for (let at = from; ; at++) {
      at = tokenPatterns.next(held, at, Math.min(length, to + tokenPatterns.bytesMax))
      if (at < 0 || at >= to) break
      this.#look(at)
    }
    for (const packed of this.#packed.take(held, from, to, this.#before)) this.#addPacked(packed)
    this.#searched = to
  }

  #look(at: number): void {
    const pattern = patternAt(tokenPatterns.indexAt(this.#held, at, this.#length))
    if (!pattern || this.#before + at < this.#covered) return
    if (!this.mayLook(pattern.notation !== 'text' && pattern.notation !== 'utf-16')) return
    const found = tokenAt(this.#held, at, this.#length, pattern)
    if (!found || this.#isRepeated(found)) return
    const { start, ...token } = found
    this.#last = { tokenId: found.tokenId, offset: this.#before + start }
    if (encoded.has(found.writing)) this.#covered = this.#before + start + repeatedBytesMax
    else if (found.writing === 'plain') this.#covered = this.#before + start + tokenStart.length
    this.found.push({ ...token, ...this.#spot(this.#before + start, found.writing) })
  }

  /** Several patterns lead to the same token. For an encoded token, each has another offset. */
  #isRepeated({ tokenId, start, writing }: TokenAt): boolean {
    const distance = this.#before + start - (this.#last?.offset ?? 0)
    return this.#last?.tokenId === tokenId && distance < (encoded.has(writing) ? repeatedBytesMax : 1)
  }

  #addPacked({ at, bytes }: PackedText): void {
    this.packed.push({ bytes, ...this.#spot(at) })
  }

  /** Lines are only counted when bytes leave the buffer or something was found, because most streams are short and contain nothing. */
  #countLines(to: number): void {
    const counted = Math.max(0, this.#lineStart - this.#before)
    for (let at = counted; ; at++) {
      at = this.#held.indexOf(newline, at)
      if (at < 0 || at >= to) return
      this.#line += 1
      this.#lineStart = this.#before + at + 1
    }
  }

  #spot(at: number, writing: Writing = 'plain'): Spot {
    // A long base64 text may have started before the buffer.
    if (at < this.#lineStart) return { line: this.#line, column: 1 }
    this.#countLines(Math.max(0, at - this.#before))
    const column = at - this.#lineStart
    return { line: this.#line, column: 1 + (writing === 'utf-16' ? Math.floor(column / 2) : column) }
  }
}

/** Finds every token in a stream of bytes. Does not open archives, unlike `readContent`. */
export async function* findTokens(chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>): AsyncGenerator<Found> {
  const search = new TokenSearch()
  for await (const chunk of chunks) {
    search.push(chunk)
    yield* search.found.splice(0)
  }
  search.end()
  yield* search.found.splice(0)
}
