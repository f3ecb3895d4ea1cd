import type { Transform } from 'node:stream'
import { createGunzip, createInflateRaw, createZstdDecompress } from 'node:zlib'
import type { ByteReader } from './byte-reader.ts'

const sliceBytes = 16 * 1024

export const gunzip = (reader: ByteReader) => through(reader, createGunzip())
export const unzstd = (reader: ByteReader) => through(reader, createZstdDecompress())

/** What deflate packed; afterwards the reader stands behind it. */
export const inflate = (reader: ByteReader) => through(reader, createInflateRaw())

/** Slice by slice, so that what unpacks to a thousand times its size never fills the memory. */
async function* through(
  reader: ByteReader,
  stream: Transform & { readonly bytesWritten: number },
): AsyncGenerator<Buffer> {
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

async function feed(reader: ByteReader, stream: Transform & { readonly bytesWritten: number }): Promise<void> {
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
