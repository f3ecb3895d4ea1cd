import { needles } from './hiding-places.ts'
import { type PackedStart, packedStarts } from './packed-in-base64.ts'
import { packingOf } from './packing.ts'

interface GitObject {
  readonly id: string
  readonly type: string
}

const heldBytesMax = 256 * 1024
const headBytes = 262
const newline = 0x0a
const space = 0x20
/** The `g` of `<id> missing`, where otherwise the last digit of the size stands. */
const lastOfMissing = 0x67

/**
 * Goes through what `git cat-file --batch` prints and names the objects that are worth a closer look: those with a
 * needle in them, and archives. Nearly all are not, so nothing is made for an object but a number: where it starts.
 */
export class ObjectSieve {
  /** The type of each, by its id. */
  readonly suspects = new Map<string, string>()
  objects = 0
  /** Objects of which git can say no more than that. */
  damaged = 0
  readonly #held = Buffer.allocUnsafeSlow(heldBytesMax)
  #length = 0
  /** How much of what is held belongs to objects whose start was read. */
  #read = 0
  /** Bytes of the last object, with the newline after it, that have not come yet. */
  #missing = 0
  /** Where in what is held the header of each object starts; the first may have started before. */
  #starts: number[] = []
  #current: GitObject | undefined

  push(chunk: Buffer): void {
    for (let at = 0; at < chunk.length; ) {
      const taken = Math.min(chunk.length - at, heldBytesMax - this.#length)
      this.#held.set(taken === chunk.length ? chunk : chunk.subarray(at, at + taken), this.#length)
      this.#length += taken
      at += taken
      if (this.#length === heldBytesMax) this.#sift(false)
    }
  }

  end(): void {
    this.#sift(true)
    if (this.#missing > 0 || this.#read < this.#length) throw new Error('git ended in the middle of an object')
  }

  #sift(isLast: boolean): void {
    this.#readHeaders(isLast)
    this.#search(needles.next.bind(needles))
    for (const { next } of packedStarts) this.#search(next)
    this.#makeRoom()
  }

  #readHeaders(isLast: boolean): void {
    for (;;) {
      const here = Math.min(this.#missing, this.#length - this.#read)
      this.#read += here
      this.#missing -= here
      const start = this.#read
      if (this.#missing > 0 || start === this.#length) return
      const end = this.#held.indexOf(newline, start)
      if (end < 0 || end >= this.#length) return
      if (this.#held[end - 1] === lastOfMissing) {
        this.damaged += 1
        this.#read = end + 1
        continue
      }
      const size = this.#sizeBefore(end)
      const content = end + 1
      if (!isLast && content + Math.min(size, headBytes) > this.#length) return
      this.#starts.push(start)
      this.objects += 1
      this.#missing = size + 1
      this.#read = content
      if (packingOf(this.#held, content, Math.min(content + size, this.#length))) this.#suspect(this.#objectAt(start))
    }
  }

  /** `<id> <type> <size>`: digits up to the end of the line. */
  #sizeBefore(end: number): number {
    let size = 0
    for (let at = this.#held.lastIndexOf(space, end) + 1; at < end; at++) size = size * 10 + this.#held[at]! - 0x30
    return size
  }

  #search(next: PackedStart['next']): void {
    let each = 0
    for (let at = 0; at < this.#read; at++) {
      at = next(this.#held, at, this.#read)
      if (at < 0) return
      while (each < this.#starts.length && this.#starts[each]! <= at) each++
      const object = each === 0 ? this.#current : this.#objectAt(this.#starts[each - 1]!)
      if (object) this.#suspect(object)
      // The rest of this object changes nothing.
      at = (this.#starts[each] ?? this.#read) - 1
    }
  }

  #suspect(object: GitObject): void {
    this.suspects.set(object.id, object.type)
  }

  #objectAt(start: number): GitObject {
    const [id = '', type = ''] = this.#held.toString('latin1', start, this.#held.indexOf(newline, start)).split(' ')
    return { id, type }
  }

  /** Keeps the end, in which a needle may have begun. */
  #makeRoom(): void {
    const dropped = Math.max(0, this.#read - needles.bytesMax)
    const last = this.#starts.findLast((start) => start < dropped)
    if (last !== undefined) this.#current = this.#objectAt(last)
    this.#starts = this.#starts.filter((start) => start >= dropped).map((start) => start - dropped)
    this.#held.copyWithin(0, dropped, this.#length)
    this.#length -= dropped
    this.#read -= dropped
  }
}
