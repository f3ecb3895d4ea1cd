/** Fingerprints identify tokens of an installation offline. */
import { hash } from 'node:crypto'
import { faultOf } from './mint-mark.ts'

export interface FingerprintsHead {
  /** The mint mark of the installation. */
  readonly issuer: string
  /** UTC, as an ISO time. */
  readonly made: string
  readonly count: number
}

export interface Fingerprints extends FingerprintsHead {
  has(fingerprint: string): boolean
}

const characters = 24
const lineBytes = characters + 1
const newline = 0x0a

/**
 * The fingerprint of a stored token hash (`hashToken`). It is hashed again, because the state of a token can be checked
 * with its stored hash, and truncated to 96 bits. A token contains 192 random bits, so it cannot be recovered.
 */
export function fingerprintOf(tokenHash: Uint8Array): string {
  return hash('sha256', tokenHash, 'hex').slice(0, characters)
}

/** The first line of a file. The sorted fingerprints follow, one per line. */
export const fingerprintsHead = ({ issuer, made, count }: FingerprintsHead): string =>
  `# mintmark fingerprints 1 issuer=${issuer} made=${made} count=${count}\n`

/** A fingerprint file is invalid. The error names the line and the reason. */
export class BadFingerprints extends Error {
  override name = 'BadFingerprints'
  readonly line: number

  constructor(line: number, message: string) {
    super(message)
    this.line = line
  }
}

/** Parses a file. Lookups search in the file's bytes, so that a million fingerprints need no further memory. */
export function readFingerprints(file: Uint8Array): Fingerprints {
  const bytes = withPlainLineEnds(file)
  const start = bytes.indexOf(newline) + 1
  const head = headIn(bytes.toString('latin1', 0, Math.max(0, start - 1)))
  const lines = (bytes.length - start) / lineBytes
  let last = ''
  for (let at = 0; at < lines; at++) {
    const line = bytes.toString('latin1', start + at * lineBytes, start + (at + 1) * lineBytes)
    if (!/^[0-9a-f]{24}\n$/.test(line)) throw new BadFingerprints(at + 2, 'expected 24 hexadecimal digits')
    if (line <= last) throw new BadFingerprints(at + 2, 'expected sorted lines without duplicates')
    last = line
  }
  if (lines !== head.count)
    throw new BadFingerprints(1, `expected ${head.count} fingerprints, found ${lines}: the file is incomplete`)
  return { ...head, has: (fingerprint) => has(bytes, start, lines, fingerprint) }
}

// Git may have converted line ends for Windows.
function withPlainLineEnds(file: Uint8Array): Buffer {
  const bytes = Buffer.from(file.buffer, file.byteOffset, file.byteLength)
  return bytes.includes('\r\n') ? Buffer.from(bytes.toString('latin1').replaceAll('\r\n', '\n'), 'latin1') : bytes
}

function headIn(line: string): FingerprintsHead {
  const [, version, issuer = '', made = '', count] =
    /^# mintmark fingerprints (\d{1,3}) issuer=(\S+) made=(\d{4}-\d\d-\d\dT[\d:.]{8,12}Z) count=(\d{1,9})$/.exec(
      line,
    ) ?? []
  if (version === undefined || faultOf(issuer) || Number.isNaN(Date.parse(made)))
    throw new BadFingerprints(1, 'expected "# mintmark fingerprints 1 issuer=… made=… count=…"')
  if (version !== '1') throw new BadFingerprints(1, `format ${version} is not supported, expected 1`)
  return { issuer, made, count: Number(count) }
}

function has(bytes: Buffer, start: number, lines: number, fingerprint: string): boolean {
  let low = 0
  let high = lines
  while (low < high) {
    const middle = (low + high) >>> 1
    const at = start + middle * lineBytes
    const found = bytes.toString('latin1', at, at + characters)
    if (found === fingerprint) return true
    if (found < fingerprint) low = middle + 1
    else high = middle
  }
  return false
}
