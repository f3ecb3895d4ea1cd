/**
 * Every live token in memory, indexed by the SHA-256 of its text. It stores bytes rather than objects: a million tokens take
 * about 80 MB and cost the garbage collector nothing.
 */
const hashBytes = 32
/** Prefixes, the first two bytes of a hash as a number, are below this. */
export const hashPrefixes = 65_536
const chunkSize = 65_536
const empty = -1
const removed = -2

/** A row is contiguous, so that a lookup touches two cache lines: hash, id, owner, created, expires. */
const rowBytes = 72
const idAt = 32
const idBytes = 20
/** The offset of four characters within an id that differ between most ids. */
const idTailAt = 8
const ownerAt = 52 / 4
const createdAt = 56 / 4
const expiresAt = 64 / 8

interface Chunk {
  readonly bytes: Buffer
  readonly words: Int32Array
  readonly doubles: Float64Array
}

/** Times are milliseconds since 1970; `expires` is Infinity for a token that does not expire. */
export interface TokenRecord {
  readonly id: string
  readonly hash: Uint8Array
  readonly owner: number
  readonly expires: number
  readonly created: number
}

export class TokenIndex {
  #chunks: Chunk[] = []
  #free: number[] = []
  #used = 0
  #slots = new Int32Array(1 << 12).fill(empty)
  #filled = 0
  /** The number of tokens by owner. */
  #counts: number[] = []
  #prefixes = new Int32Array(hashPrefixes)

  get size(): number {
    return this.#used - this.#free.length
  }

  /** The number of tokens whose prefix is between `first` and `last`, inclusive. */
  countBetween(first: number, last: number): number {
    let count = 0
    for (let prefix = first; prefix <= last; prefix++) count += this.#prefixes[prefix] as number
    return count
  }

  /** The hashes of these tokens. Scans all rows. */
  hashesBetween(first: number, last: number): Buffer[] {
    const free = new Set(this.#free)
    const found: Buffer[] = []
    for (let row = 0; row < this.#used; row++) {
      const prefix = prefixOf(this.#chunk(row).bytes, (row % chunkSize) * rowBytes)
      if (prefix >= first && prefix <= last && !free.has(row)) found.push(this.hashOf(row))
    }
    return found
  }

  countOf(owner: number): number {
    return this.#counts[owner] ?? 0
  }

  /** Returns the row number of a hash, or -1. */
  find(hash: Uint8Array): number {
    const mask = this.#slots.length - 1
    for (let slot = slotOf(hash, 0) & mask; ; slot = (slot + 1) & mask) {
      const row = this.#slots[slot] as number
      if (row === empty) return -1
      if (row !== removed && this.#holds(row, hash)) return row
    }
  }

  put(token: TokenRecord): number {
    const known = this.find(token.hash)
    if (known >= 0) this.#count(this.ownerOf(known), -1)
    this.#count(token.owner, 1)
    const row = known >= 0 ? known : this.#newRow(token.hash)
    const chunk = this.#chunk(row)
    const at = row % chunkSize
    chunk.words[at * (rowBytes / 4) + ownerAt] = token.owner
    chunk.words[at * (rowBytes / 4) + createdAt] = Math.floor(token.created / 1000)
    chunk.doubles[at * (rowBytes / 8) + expiresAt] = token.expires
    if (known < 0) {
      // Ids are ASCII. The previous id in this row may have been longer.
      chunk.bytes.fill(0, at * rowBytes + idAt, at * rowBytes + idAt + idBytes)
      chunk.bytes.write(token.id, at * rowBytes + idAt, idBytes, 'latin1')
    }
    return row
  }

  remove(hash: Uint8Array): void {
    const mask = this.#slots.length - 1
    for (let slot = slotOf(hash, 0) & mask; ; slot = (slot + 1) & mask) {
      const row = this.#slots[slot] as number
      if (row === empty) return
      if (row === removed || !this.#holds(row, hash)) continue
      this.#count(this.ownerOf(row), -1)
      this.#slots[slot] = removed
      this.#free.push(row)
      ;(this.#prefixes[prefixOf(hash, 0)] as number) -= 1
      return
    }
  }

  ownerOf(row: number): number {
    return this.#chunk(row).words[(row % chunkSize) * (rowBytes / 4) + ownerAt] as number
  }

  expiresAt(row: number): number {
    return this.#chunk(row).doubles[(row % chunkSize) * (rowBytes / 8) + expiresAt] as number
  }

  createdSeconds(row: number): number {
    return (this.#chunk(row).words[(row % chunkSize) * (rowBytes / 4) + createdAt] as number) >>> 0
  }

  idOf(row: number): string {
    const start = (row % chunkSize) * rowBytes + idAt
    const id = this.#chunk(row).bytes.toString('latin1', start, start + idBytes)
    return id.endsWith('\0') ? id.slice(0, id.indexOf('\0')) : id
  }

  /** Returns the hashes of tokens by id. Scans all rows, for the rare case that only the id is known. */
  hashesOf(ids: ReadonlySet<string>): Buffer[] {
    const starts = new Set([...ids].map((id) => Buffer.from(id.padEnd(idBytes, '\0'), 'latin1').readInt32LE(idTailAt)))
    const free = new Set(this.#free)
    const found: Buffer[] = []
    for (let row = 0; row < this.#used; row++) {
      const word = this.#chunk(row).words[((row % chunkSize) * rowBytes + idAt + idTailAt) / 4] as number
      if (starts.has(word) && !free.has(row) && ids.has(this.idOf(row))) found.push(this.hashOf(row))
    }
    return found
  }

  hashOf(row: number): Buffer {
    const start = (row % chunkSize) * rowBytes
    return Buffer.from(this.#chunk(row).bytes.subarray(start, start + hashBytes))
  }

  #count(owner: number, change: 1 | -1): void {
    this.#counts[owner] = this.countOf(owner) + change
  }

  #chunk(row: number): Chunk {
    return this.#chunks[Math.floor(row / chunkSize)] as Chunk
  }

  #holds(row: number, hash: Uint8Array): boolean {
    const { bytes } = this.#chunk(row)
    const start = (row % chunkSize) * rowBytes
    for (let i = 0; i < hashBytes; i++) if (bytes[start + i] !== hash[i]) return false
    return true
  }

  #newRow(hash: Uint8Array): number {
    if (this.#filled * 10 >= this.#slots.length * 7) this.#grow()
    const row = this.#free.pop() ?? this.#used++
    if (row === this.#chunks.length * chunkSize) this.#chunks.push(newChunk())
    this.#chunk(row).bytes.set(hash, (row % chunkSize) * rowBytes)
    ;(this.#prefixes[prefixOf(hash, 0)] as number) += 1
    this.#place(row, hash, 0)
    return row
  }

  #place(row: number, hash: Uint8Array, start: number): void {
    const mask = this.#slots.length - 1
    let slot = slotOf(hash, start) & mask
    while ((this.#slots[slot] as number) >= 0) slot = (slot + 1) & mask
    if (this.#slots[slot] === empty) this.#filled += 1
    this.#slots[slot] = row
  }

  /** Doubles the table if the live rows need it; otherwise only removes the marks of deleted rows. */
  #grow(): void {
    const old = this.#slots
    this.#slots = new Int32Array(this.size * 2 > old.length * 0.7 ? old.length * 2 : old.length).fill(empty)
    this.#filled = 0
    for (const row of old) {
      if (row >= 0) this.#place(row, this.#chunk(row).bytes, (row % chunkSize) * rowBytes)
    }
  }
}

function newChunk(): Chunk {
  const bytes = Buffer.alloc(chunkSize * rowBytes)
  return { bytes, words: new Int32Array(bytes.buffer), doubles: new Float64Array(bytes.buffer) }
}

/** The first two bytes of a hash as a number. */
export const prefixOf = (hash: Uint8Array, start: number): number =>
  ((hash[start] as number) << 8) | (hash[start + 1] as number)

const slotOf = (hash: Uint8Array, start: number): number =>
  ((hash[start] as number) |
    ((hash[start + 1] as number) << 8) |
    ((hash[start + 2] as number) << 16) |
    ((hash[start + 3] as number) << 24)) >>>
  0
