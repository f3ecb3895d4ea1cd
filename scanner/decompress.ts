import type { Transform } from 'node:stream'
import { createInflateRaw, createZstdDecompress, inflateRawSync } from 'node:zlib'
import { costs } from './budget.ts'
import type { ByteReader } from './byte-reader.ts'

const sliceBytes = 16 * 1024
/** Maximum sizes for decompression in one call. Setting up a stream takes a hundred times as long. */
const smallBytesMax = 64 * 1024
const smallResultMax = 1024 ** 2

type Spend = (work: number) => void
type Engine = Transform & { readonly bytesWritten: number }

export const unzstd = (reader: ByteReader, spend: Spend) => {
  spend(costs.stream)
  return through(reader, createZstdDecompress())
}

/**
 * Decompresses all consecutive members (RFC 1952) and leaves the reader after them. zlib's gzip stream loses its last
 * output if other data follows, such as the next line after gzip in base64.
 */
export async function* gunzip(reader: ByteReader, spend: Spend): AsyncGenerator<Buffer> {
  while ((await reader.peek(gzipMagic.length)).equals(gzipMagic)) {
    await skipHeader(reader)
    yield* inflate(reader, spend)
    // Skip checksum and length.
    await reader.take(8)
  }
}

const gzipMagic = Buffer.from([0x1f, 0x8b, 0x08])
const [headerCheck, extra, fileName, comment] = [2, 4, 8, 16]
const endOfText = Buffer.of(0)

async function skipHeader(reader: ByteReader): Promise<void> {
  const flags = (await reader.take(10))[3] ?? 0
  if ((flags & extra) !== 0) {
    const length = await reader.take(2)
    if (length.length === 2) for await (const _ of reader.pieces(length.readUInt16LE()));
  }
  for (const text of [fileName, comment]) {
    if ((flags & text) === 0) continue
    for await (const _ of reader.until(endOfText));
    await reader.take(1)
  }
  if ((flags & headerCheck) !== 0) await reader.take(2)
}

/** Decompresses deflate data and leaves the reader after it. `size` is the compressed size, if known. */
export async function* inflate(reader: ByteReader, spend: Spend, size?: number): AsyncGenerator<Buffer> {
  const isSmall = size === undefined || size <= smallBytesMax
  const whole = isSmall && (await atOnce(reader, await reader.peek(size ?? smallBytesMax), spend))
  if (whole) return yield whole
  spend(costs.stream)
  yield* through(reader, createInflateRaw())
}

/** Returns null if the result is too large or the data damaged or incomplete. A stream then decompresses what is possible. */
async function atOnce(reader: ByteReader, bytes: Buffer, spend: Spend): Promise<Buffer | null> {
  spend(costs.small)
  try {
    // With `info` the result is not a buffer, contrary to the types.
    const { buffer, engine } = inflateRawSync(bytes, { maxOutputLength: smallResultMax, info: true }) as unknown as {
      readonly buffer: Buffer
      readonly engine: Engine
    }
    await reader.take(engine.bytesWritten)
    return buffer
  } catch {
    return null
  }
}

/** Writes slice by slice, so that highly compressed data does not fill the memory. */
async function* through(reader: ByteReader, stream: Engine): AsyncGenerator<Buffer> {
  const feeding = feed(reader, stream)
  // The error is reported by the reader.
  feeding.catch((error: Error) => stream.destroy(error))
  try {
    for await (const piece of stream) yield piece as Buffer
  } finally {
    stream.destroy()
    await feeding.catch(() => {})
  }
}

async function feed(reader: ByteReader, stream: Engine): Promise<void> {
  let fed = 0
  let slice = await reader.take(sliceBytes)
  while (slice.length > 0 && !stream.destroyed) {
    fed += slice.length
    await write(stream, slice)
    // The compressed data ended within this slice. Put back the rest.
    if (stream.bytesWritten < fed) return reader.giveBack(slice.subarray(slice.length - (fed - stream.bytesWritten)))
    slice = await reader.take(sliceBytes)
  }
  if (!stream.destroyed) stream.end()
}

const write = (stream: Transform, slice: Buffer) =>
  new Promise<void>((done) => {
    stream.once('close', done)
    stream.write(slice, () => {
      stream.off('close', done)
      done()
    })
  })
