import type { Transform } from 'node:stream'
import {
  createGunzip,
  createInflateRaw,
  createZstdDecompress,
  gunzipSync,
  inflateRawSync,
  type ZlibOptions,
} from 'node:zlib'
import { costs } from './budget.ts'
import type { ByteReader } from './byte-reader.ts'

const sliceBytes = 16 * 1024
/** So much is unpacked by one call, to at most so much: a stream takes a hundred times as long to set up. */
const smallBytesMax = 64 * 1024
const smallResultMax = 1024 ** 2

type Spend = (work: number) => void
type Engine = Transform & { readonly bytesWritten: number }
type AtOnce = (bytes: Buffer, options: ZlibOptions) => Buffer

export const unzstd = (reader: ByteReader, spend: Spend) => {
  spend(costs.stream)
  return through(reader, createZstdDecompress())
}

export async function* gunzip(reader: ByteReader, spend: Spend): AsyncGenerator<Buffer> {
  const bytes = await reader.peek(smallBytesMax + 1)
  const whole = bytes.length <= smallBytesMax && (await atOnce(reader, bytes, gunzipSync, spend))
  if (whole) return yield whole
  spend(costs.stream)
  yield* through(reader, createGunzip())
}

/** What deflate packed; afterwards the reader stands behind it. `size` is how long that is, where it is known. */
export async function* inflate(reader: ByteReader, spend: Spend, size?: number): AsyncGenerator<Buffer> {
  const isSmall = size === undefined || size <= smallBytesMax
  const whole = isSmall && (await atOnce(reader, await reader.peek(size ?? smallBytesMax), inflateRawSync, spend))
  if (whole) return yield whole
  spend(costs.stream)
  yield* through(reader, createInflateRaw())
}

/** Null when it is larger, damaged or not all there: then a stream tells how far it goes. */
async function atOnce(reader: ByteReader, bytes: Buffer, unpack: AtOnce, spend: Spend): Promise<Buffer | null> {
  spend(costs.small)
  try {
    // With `info` the result is not a buffer, which the types do not know.
    const { buffer, engine } = unpack(bytes, { maxOutputLength: smallResultMax, info: true }) as unknown as {
      readonly buffer: Buffer
      readonly engine: Engine
    }
    await reader.take(engine.bytesWritten)
    return buffer
  } catch {
    return null
  }
}

/** Slice by slice, so that what unpacks to a thousand times its size never fills the memory. */
async function* through(reader: ByteReader, stream: Engine): AsyncGenerator<Buffer> {
  const feeding = feed(reader, stream)
  // Its failure is the reader's as well, and is told there.
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
    // It ended within this slice: the rest is not its own.
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
