import { type PackedStart, packedStarts } from './packed-in-base64.ts'
import { packingOf } from './packing.ts'
import { tokenPatterns } from './token-patterns.ts'

interface GitObject {
  readonly id: string
  readonly type: string
}

const heldBytesMax = 256 * 1024
const headBytes = 262
const newline = 0x0a
const space = 0x20
/** The last character of `<id> missing`, in place of the last digit of the size. */
const lastOfMissing = 0x67

/**
 * Selects the objects to scan from the output of `git cat-file --batch`: those that contain a pattern, and archives. Nearly
 * all are skipped, so only a number is stored per object, its offset.
 */
export class ObjectFilter {
  /** Types of the selected objects, by ID. */
  readonly selected = new Map<string, string>()
  objects = 0
  /** Number of objects that git reports as missing. */
  damaged = 0
  readonly #held = Buffer.allocUnsafeSlow(heldBytesMax)
  #length = 0
  /** Number of buffered bytes that belong to objects whose header was read. */
  #read = 0
  /** Outstanding bytes of the last object, including the newline after it. */
  #missing = 0
  /** Offset of the header of each buffered object. The first may have started before the buffer. */
  #starts: number[] = []
  #current: GitObject | undefined

  push(chunk: Buffer): void {
    for (let at = 0; at < chunk.length; ) {
      const taken = Math.min(chunk.length - at, heldBytesMax - this.#length)
      this.#held.set(taken === chunk.length ? chunk : chunk.subarray(at, at + taken), this.#length)
      this.#length += taken
      at += taken
      if (this.#length === heldBytesMax) this.#filter(false)
    }
  }

  end(): void {
    this.#filter(true)
    if (this.#missing > 0 || this.#read < this.#length) throw new Error('git exited in the middle of an object')
  }

  #filter(isLast: boolean): void {
    this.#readHeaders(isLast)
    this.#search(tokenPatterns.next.bind(tokenPatterns))
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
      if (packingOf(this.#held, content, Math.min(content + size, this.#length))) this.#select(this.#objectAt(start))
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
      if (object) this.#select(object)
      // The object is already selected; skip the rest.
      at = (this.#starts[each] ?? this.#read) - 1
    }
  }

  #select(object: GitObject): void {
    this.selected.set(object.id, object.type)
  }

  #objectAt(start: number): GitObject {
    const [id = '', type = ''] = this.#held.toString('latin1', start, this.#held.indexOf(newline, start)).split(' ')
    return { id, type }
  }

  /** Keeps the end of the buffer, which may contain the start of a pattern. */
  #makeRoom(): void {
    const dropped = Math.max(0, this.#read - tokenPatterns.bytesMax)
    const last = this.#starts.findLast((start) => start < dropped)
    if (last !== undefined) this.#current = this.#objectAt(last)
    this.#starts = this.#starts.filter((start) => start >= dropped).map((start) => start - dropped)
    this.#held.copyWithin(0, dropped, this.#length)
    this.#length -= dropped
    this.#read -= dropped
  }
}
