/** Scans the content of a file, object or stream, including nested archives. */
import { bzip2Factor, costs, type FileBudget, type Limits, OverBudget } from './budget.ts'
import { bunzip2 } from './bunzip2.ts'
import { ByteReader } from './byte-reader.ts'
import { gunzip, unzstd } from './decompress.ts'
import { type Packing, packingOf } from './packing.ts'
import { type Entry, tarEntries } from './tar.ts'
import type { TokenFound } from './token-at.ts'
import type { Writing } from './token-patterns.ts'
import { type Found, type Packed, type Spot, TokenSearch } from './token-search.ts'
import { zipEntries } from './zip.ts'

/** How a token is encoded, outermost first. */
export type How = Writing | Packing | 'name' | 'link'

export interface Content extends Partial<Spot> {
  /** Entries of archives are appended after an exclamation mark. */
  readonly path: string
  readonly how: readonly How[]
}

export interface Reading {
  readonly limits: Limits
  readonly signal: AbortSignal
  readonly found: (token: TokenFound, content: Content & Spot) => void
  readonly skipped: (reason: string) => void
  /** The content at this path was not scanned completely. */
  readonly incomplete: (path: string, reason: string) => void
  readonly budget: FileBudget
  readonly read: (bytes: number) => void
}

const headBytes = 512
const idle: TokenSearch[] = []

export async function readContent(chunks: AsyncIterable<Buffer>, path: string, reading: Reading): Promise<void> {
  const counted = watched(chunks, (bytes) => {
    reading.signal.throwIfAborted()
    reading.read(bytes)
    reading.budget.earn(bytes)
  })
  await read(counted, { path, how: [] }, reading)
}

async function read(chunks: AsyncIterable<Buffer>, content: Content, deep: Reading): Promise<void> {
  const reader = new ByteReader(chunks)
  const packing = packingOf(await reader.peek(headBytes))
  if (packing) await readArchive(reader, packing, content, deep)
  else await search(reader.pieces(), content, deep)
}

/**
 * Scans the entries of an archive and its own bytes: data between entries and after the end, damaged parts, and text that
 * only starts like an archive. Tokens that both find are reported once, for the entry.
 */
async function readArchive(
  packed: ByteReader,
  packing: Packing | 'unknown',
  content: Content,
  deep: Reading,
): Promise<void> {
  const inside = new Set<string>()
  const bare = newSearch(content, deep)
  const reader = new ByteReader(watched(packed.pieces(), (_, piece) => bare.push(piece)))
  const found: Reading['found'] = (token, where) => {
    inside.add(token.tokenId)
    deep.found(token, where)
  }
  try {
    if (packing === 'unknown') deep.skipped('unsupported compression')
    else if (content.how.length >= deep.limits.depthMax) deep.incomplete(content.path, 'archives nested too deeply')
    else
      await limited(content, deep, () =>
        unpack(reader, { ...content, how: [...content.how, packing] }, packing, { ...deep, found }),
      )
    for await (const _ of reader.pieces());
  } finally {
    bare.end()
    bare.packed.splice(0)
    for (const each of bare.found.splice(0)) if (!inside.has(each.tokenId)) reportFound(each, content, deep)
    idle.push(bare)
  }
}

async function unpack(reader: ByteReader, content: Content, packing: Packing, deep: Reading): Promise<void> {
  try {
    const { spend } = deep.budget
    if (packing === 'gzip') await read(watched(gunzip(reader, spend), spend), content, deep)
    else if (packing === 'bzip2')
      await read(
        watched(bunzip2(reader), (bytes) => spend(bytes * bzip2Factor)),
        content,
        deep,
      )
    else if (packing === 'zstd') await read(watched(unzstd(reader, spend), spend), content, deep)
    else
      await readEntries(
        packing === 'tar' ? tarEntries(reader) : zipEntries(reader, { skipped: deep.skipped, spend }),
        content,
        deep,
      )
  } catch (error) {
    skipDamaged(error, content, deep)
  }
}

async function readEntries(entries: AsyncIterable<Entry>, content: Content, deep: Reading): Promise<void> {
  for await (const { name, bytes } of entries) {
    deep.budget.spendEntry()
    try {
      await read(watched(bytes, deep.budget.spend), { ...content, path: `${content.path}!${name}` }, deep)
    } catch (error) {
      skipDamaged(error, content, deep)
    }
  }
}

/** Text that only starts like gzip in base64 is not reported as damaged. */
function skipDamaged(error: unknown, content: Content, deep: Reading): void {
  if (!(error instanceof Error) || !/^(?:Z_|ZSTD_|ERR_ZSTD)/.test((error as NodeJS.ErrnoException).code ?? ''))
    throw error
  if (!content.how.includes('base64')) deep.skipped('damaged archive')
}

/**
 * Parsing possible tokens counts against the budget, so that a file full of them does not take forever. A plain token in a
 * file that is not packed is always found, because it needs no decoding.
 */
function newSearch({ path, how }: Content, { budget, incomplete }: Reading): TokenSearch {
  const searcher = idle.pop() ?? new TokenSearch()
  const trySpend = how.length === 0 ? budget.trySpendOwn : budget.trySpend
  searcher.mayLook = (isEncoded) => {
    if (!isEncoded && how.length === 0) return true
    const may = trySpend(isEncoded ? costs.decodingLook : costs.look)
    if (!may) incomplete(path, 'too many possible tokens')
    return may
  }
  return searcher
}

async function search(chunks: AsyncIterable<Buffer>, content: Content, deep: Reading): Promise<void> {
  const searcher = newSearch(content, deep)
  const packed: Packed[] = []
  const report = () => {
    for (const each of searcher.found.splice(0)) reportFound(each, content, deep)
    packed.push(...searcher.packed.splice(0))
  }
  try {
    for await (const chunk of chunks) {
      searcher.push(chunk)
      report()
      await readPacked(packed, content, deep)
    }
  } finally {
    // Report what was found even if the rest cannot be read.
    if (searcher.end().cut > 0) deep.incomplete(content.path, 'base64 text too long')
    report()
    idle.push(searcher)
  }
  await readPacked(packed, content, deep)
}

function reportFound({ writing, within, line, column, ...token }: Found, content: Content, deep: Reading): void {
  deep.found(token, { line, column, ...content, how: [...content.how, writing, ...within] })
}

async function readPacked(packed: Packed[], content: Content, deep: Reading): Promise<void> {
  for (const { bytes, line, column } of packed.splice(0))
    await limited(content, deep, async () => {
      deep.budget.spend(bytes.length)
      await read(one(bytes), { line, column, ...content, how: [...content.how, 'base64'] }, deep)
    })
}

/** If the limit is exceeded, stops unpacking the file. Its own bytes are still searched. */
async function limited(content: Content, deep: Reading, work: () => Promise<void>): Promise<void> {
  try {
    await work()
  } catch (error) {
    if (!(error instanceof OverBudget) || content.how.length > 0) throw error
    deep.incomplete(content.path, error.message)
  }
}

async function* one(bytes: Buffer): AsyncGenerator<Buffer> {
  yield bytes
}

async function* watched(
  chunks: AsyncIterable<Buffer>,
  onPiece: (bytes: number, piece: Buffer) => void,
): AsyncGenerator<Buffer> {
  for await (const chunk of chunks) {
    onPiece(chunk.length, chunk)
    yield chunk
  }
}
