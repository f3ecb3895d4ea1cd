import { needles, placeOf, tokenStart, type Writing } from './hiding-places.ts'
import { type PackedText, PackedTexts } from './packed-text.ts'
import { spanBytesBefore, spanBytesMax, type TokenAt, type TokenFound, tokenAt } from './token-at.ts'

export interface Spot {
  /** Both from 1. A column counts bytes, or the pairs of bytes of UTF-16. */
  readonly line: number
  readonly column: number
}

export type Found = Spot & { readonly writing: Writing; readonly within: readonly Writing[] } & TokenFound
export type Packed = Spot & Pick<PackedText, 'bytes'>

const heldBytesMax = 256 * 1024
const newline = 0x0a
const always = () => true
/** No token is as short in any way of writing it. */
const repeatedBytesMax = 180
const encoded: ReadonlySet<Writing> = new Set(['base64', 'hex', 'decimal'])

/**
 * Searches one stream of bytes, handed over in chunks of any length, in memory that does not grow with it. A token is
 * looked at only when all that may belong to it is there, so where chunks end makes no difference.
 */
export class TokenSearch {
  readonly #held = Buffer.allocUnsafeSlow(heldBytesMax)
  #length = 0
  #searched = 0
  /** Of the stream, before what is held. */
  #before = 0
  #line = 1
  #lineStart = 0
  #packed = new PackedTexts()
  /** The last one that was found. */
  #last: { tokenId: string; place: number } | undefined
  /** Up to where the needles belong to a token that was found already. */
  #covered = 0
  /** Asked before a closer look, which takes time: whether there may be one. */
  mayLook: (isEncoded: boolean) => boolean = always
  /** What was found so far; whoever reads it takes it out. */
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

  /** What the stream still held, and ready for the next one. Says how many texts were too long to unpack whole. */
  end(): { readonly cut: number } {
    this.#search(this.#length)
    for (const packed of this.#packed.end()) this.#tellPacked(packed)
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

  /** Everything that starts before `to`. */
  #search(to: number): void {
    const [held, length, from] = [this.#held, this.#length, this.#searched]
    for (let at = from; ; at++) {
      at = needles.next(held, at, Math.min(length, to + needles.bytesMax))
      if (at < 0 || at >= to) break
      this.#look(at)
    }
    for (const packed of this.#packed.take(held, from, to, this.#before)) this.#tellPacked(packed)
    this.#searched = to
  }

  #look(at: number): void {
    const place = placeOf(needles.which(this.#held, at, this.#length))
    if (!place || this.#before + at < this.#covered) return
    if (!this.mayLook(place.notation !== 'text' && place.notation !== 'utf-16')) return
    const found = tokenAt(this.#held, at, this.#length, place)
    if (!found || this.#isRepeated(found)) return
    const { start, ...token } = found
    this.#last = { tokenId: found.tokenId, place: this.#before + start }
    if (encoded.has(found.writing)) this.#covered = this.#before + start + repeatedBytesMax
    else if (found.writing === 'plain') this.#covered = this.#before + start + tokenStart.length
    this.found.push({ ...token, ...this.#spot(this.#before + start, found.writing) })
  }

  /** Several needles of a token lead to it; when it is encoded, each is where it was noticed. */
  #isRepeated({ tokenId, start, writing }: TokenAt): boolean {
    const distance = this.#before + start - (this.#last?.place ?? 0)
    return this.#last?.tokenId === tokenId && distance < (encoded.has(writing) ? repeatedBytesMax : 1)
  }

  #tellPacked({ at, bytes }: PackedText): void {
    this.packed.push({ bytes, ...this.#spot(at) })
  }

  /** Lines are counted when they leave, or when something was found: most streams are short and hold nothing. */
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
    // A long text in base64 may have begun in what is no longer held.
    if (at < this.#lineStart) return { line: this.#line, column: 1 }
    this.#countLines(Math.max(0, at - this.#before))
    const column = at - this.#lineStart
    return { line: this.#line, column: 1 + (writing === 'utf-16' ? Math.floor(column / 2) : column) }
  }
}

/** Every token in a stream of bytes, wherever its chunks end. It does not look into archives: `readContent` does. */
export async function* findTokens(chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>): AsyncGenerator<Found> {
  const search = new TokenSearch()
  for await (const chunk of chunks) {
    search.push(chunk)
    yield* search.found.splice(0)
  }
  search.end()
  yield* search.found.splice(0)
}
