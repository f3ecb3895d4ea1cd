/** `1f 8b 08`, with which gzip starts, in base64. */
export const gzipInBase64 = Buffer.from('H4sI')
/** Without its first byte, which programs of x86-64 are full of: so it is found three times as fast. */
const gzipTail = gzipInBase64.subarray(1)

/** Where gzip in base64 begins next, from `from` to before `end`; -1 when nowhere. */
export function nextGzipInBase64(bytes: Buffer, from: number, end: number): number {
  const searched = end < bytes.length ? bytes.subarray(0, end) : bytes
  for (let at = from; ; ) {
    const tail = searched.indexOf(gzipTail, at + 1)
    if (tail < 0) return -1
    if (bytes[tail - 1] === gzipInBase64[0]) return tail - 1
    at = tail
  }
}
