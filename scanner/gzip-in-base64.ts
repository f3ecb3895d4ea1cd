/** `1f 8b 08`, with which gzip starts, in base64. */
export const gzipInBase64 = Buffer.from('H4sI')
const [first, second] = gzipInBase64 as unknown as [number, number]
/** Without its first byte, which programs of x86-64 are full of, as tables and code are of the second. */
const gzipTail = gzipInBase64.subarray(1)
const samples = 256

/** Where gzip in base64 begins next, from `from` to before `end`; -1 when nowhere. */
export function nextGzipInBase64(bytes: Buffer, from: number, end: number): number {
  const searched = end < bytes.length ? bytes.subarray(0, end) : bytes
  if (!isFullOfFirst(bytes, from, end)) return searched.indexOf(gzipInBase64, from)
  for (let at = from; ; ) {
    const tail = searched.indexOf(gzipTail, at + 1)
    if (tail < 0) return -1
    if (bytes[tail - 1] === first) return tail - 1
    at = tail
  }
}

/** The runtime looks for the first byte of what it searches: several times faster with the rarer of the two. */
function isFullOfFirst(bytes: Buffer, from: number, end: number): boolean {
  const step = Math.max(1, Math.floor((end - from) / samples))
  let more = 0
  for (let at = from; at < end; at += step) {
    if (bytes[at] === first) more += 1
    else if (bytes[at] === second) more -= 1
  }
  return more > 0
}
