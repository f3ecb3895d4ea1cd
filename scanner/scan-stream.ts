import { readContent } from './read-content.ts'
import type { Scan } from './scan.ts'

/** Scans a stream. `name` is its path in the output. */
export async function scanStream(scan: Scan, name: string, chunks: AsyncIterable<Buffer>): Promise<void> {
  await readContent(chunks, name, scan.reading())
  scan.read({ files: 1 })
}
