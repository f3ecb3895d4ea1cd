/**
 * Every live token in memory, found by the SHA-256 of its text. Columns of numbers, not objects: a million tokens take
 * some 70 MB and no work from the garbage collector.
 */
const hashBytes = 32
const idCharacters = 17
const chunkSize = 65_536
const empty = -1
const removed = -2

interface Chunk {
  readonly hashes: Uint8Array
  readonly ids: Uint8Array
  readonly owners: Int32Array
  readonly expires: Float64Array
  readonly created: Uint32Array
}

/** Times are milliseconds since 1970; `expires` is Infinity for a token that does not end by itself. */
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

  get size(): number {
    return this.#used - this.#free.length
  }

  /** The row number of a hash, or -1. */
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
    const row = known >= 0 ? known : this.#newRow(token.hash)
    const chunk = this.#chunk(row)
    const at = row % chunkSize
    chunk.owners[at] = token.owner
    chunk.expires[at] = token.expires
    chunk.created[at] = Math.floor(token.created / 1000)
    if (known < 0) {
      // Hashes are random where it matters; ids are ASCII by construction.
      for (let i = 0; i < idCharacters; i++) chunk.ids[at * idCharacters + i] = token.id.charCodeAt(i + 3) || 0
    }
    return row
  }

  remove(hash: Uint8Array): void {
    const mask = this.#slots.length - 1
    for (let slot = slotOf(hash, 0) & mask; ; slot = (slot + 1) & mask) {
      const row = this.#slots[slot] as number
      if (row === empty) return
      if (row === removed || !this.#holds(row, hash)) continue
      this.#slots[slot] = removed
      this.#free.push(row)
      return
    }
  }

  ownerOf(row: number): number {
    return this.#chunk(row).owners[row % chunkSize] as number
  }

  expiresAt(row: number): number {
    return this.#chunk(row).expires[row % chunkSize] as number
  }

  createdSeconds(row: number): number {
    return this.#chunk(row).created[row % chunkSize] as number
  }

  idOf(row: number): string {
    const { ids } = this.#chunk(row)
    const start = (row % chunkSize) * idCharacters
    let id = 'at-'
    for (let i = start; i < start + idCharacters && ids[i] !== 0; i++) id += String.fromCharCode(ids[i] as number)
    return id
  }

  #chunk(row: number): Chunk {
    return this.#chunks[Math.floor(row / chunkSize)] as Chunk
  }

  #holds(row: number, hash: Uint8Array): boolean {
    const { hashes } = this.#chunk(row)
    const start = (row % chunkSize) * hashBytes
    for (let i = 0; i < hashBytes; i++) if (hashes[start + i] !== hash[i]) return false
    return true
  }

  #newRow(hash: Uint8Array): number {
    if (this.#filled * 10 >= this.#slots.length * 7) this.#grow()
    const row = this.#free.pop() ?? this.#used++
    if (row === this.#chunks.length * chunkSize) this.#chunks.push(newChunk())
    this.#chunk(row).hashes.set(hash, (row % chunkSize) * hashBytes)
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

  /** Doubles when live rows need it; otherwise only sweeps out the marks of removed ones. */
  #grow(): void {
    const old = this.#slots
    this.#slots = new Int32Array(this.size * 2 > old.length * 0.7 ? old.length * 2 : old.length).fill(empty)
    this.#filled = 0
    for (const row of old) {
      if (row >= 0) this.#place(row, this.#chunk(row).hashes, (row % chunkSize) * hashBytes)
    }
  }
}

function newChunk(): Chunk {
  return {
    hashes: new Uint8Array(chunkSize * hashBytes),
    ids: new Uint8Array(chunkSize * idCharacters),
    owners: new Int32Array(chunkSize),
    expires: new Float64Array(chunkSize),
    created: new Uint32Array(chunkSize),
  }
}

const slotOf = (hash: Uint8Array, start: number): number =>
  ((hash[start] as number) |
    ((hash[start + 1] as number) << 8) |
    ((hash[start + 2] as number) << 16) |
    ((hash[start + 3] as number) << 24)) >>>
  0
