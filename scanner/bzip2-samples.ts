/** Writes bzip2 for tests, without regard to size and speed. */
import { crc32 } from 'node:zlib'

const blockBytes = 20_000

export function bzip2Of(content: string | Buffer): Buffer {
  const bytes = Buffer.from(content)
  const bits: string[] = ['BZh1'].map((text) => bitsOf(Buffer.from(text)))
  for (let at = 0; at < bytes.length; at += blockBytes) bits.push(block(bytes.subarray(at, at + blockBytes)))
  bits.push(number(0x177245385090, 48), number(0, 32))
  const all = bits.join('')
  const padded = all.padEnd(Math.ceil(all.length / 8) * 8, '0')
  return Buffer.from(padded.match(/.{8}/g)?.map((byte) => Number.parseInt(byte, 2)) ?? [])
}

const number = (value: number, bits: number) => value.toString(2).padStart(bits, '0')
const bitsOf = (bytes: Buffer) => [...bytes].map((byte) => number(byte, 8)).join('')

function block(bytes: Buffer): string {
  const text = withRuns(bytes)
  const { column, origin } = sorted(text)
  const used = [...new Set(column)].sort((one, other) => one - other)
  const rows = Array.from({ length: 16 }, (_, row) => used.filter((byte) => byte >> 4 === row))
  const map = [
    rows.map((row) => (row.length > 0 ? '1' : '0')).join(''),
    ...rows.filter((row) => row.length > 0).map((row) => columns(row)),
  ].join('')
  const symbols = symbolsOf(column, used)
  const width = Math.ceil(Math.log2(used.length + 2))
  const groups = Math.ceil(symbols.length / 50)
  // The format requires two tables; both are the same, with codes of equal length.
  const table = number(width, 5) + '0'.repeat(used.length + 2)
  const head = `${number(0x314159265359, 48)}${number(crc32(bytes), 32)}0${number(origin, 24)}`
  const tables = `${number(2, 3)}${number(groups, 15)}${'0'.repeat(groups)}${table}${table}`
  return head + map + tables + symbols.map((symbol) => number(symbol, width)).join('')
}

const columns = (row: readonly number[]) =>
  Array.from({ length: 16 }, (_, column) => (row.some((byte) => (byte & 15) === column) ? '1' : '0')).join('')

/** Four equal bytes are followed by the number of further repetitions. */
function withRuns(bytes: Buffer): Buffer {
  const written: number[] = []
  for (let at = 0; at < bytes.length; ) {
    let end = at
    while (end < bytes.length && end - at < 255 + 4 && bytes[end] === bytes[at]) end++
    written.push(...bytes.subarray(at, Math.min(end, at + 4)), ...(end - at >= 4 ? [end - at - 4] : []))
    at = end
  }
  return Buffer.from(written)
}

function sorted(text: Buffer): { column: number[]; origin: number } {
  const twice = Buffer.concat([text, text])
  const starts = Array.from(text.keys()).sort((one, other) =>
    twice.compare(twice, other, other + text.length, one, one + text.length),
  )
  return { column: starts.map((start) => twice[start + text.length - 1] ?? 0), origin: starts.indexOf(0) }
}

/** Move-to-front encoding, with runs of the first symbol in bijective base 2. */
function symbolsOf(column: readonly number[], used: readonly number[]): number[] {
  const order = [...used]
  const symbols: number[] = []
  let run = 0
  const endRun = () => {
    for (; run > 0; run = (run - 1) >> 1) symbols.push((run - 1) & 1)
  }
  for (const byte of column) {
    const place = order.indexOf(byte)
    if (place === 0) {
      run += 1
      continue
    }
    endRun()
    symbols.push(place + 1)
    order.unshift(...order.splice(place, 1))
  }
  endRun()
  return [...symbols, used.length + 1]
}
