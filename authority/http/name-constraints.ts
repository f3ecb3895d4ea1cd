/**
 * The certificate extension that limits an authority to certain names (RFC 5280 section 4.2.1.10), so that whoever gets
 * hold of its key cannot stand in for other servers before those who trust it.
 */
import { Extension, X509Certificate } from '@peculiar/x509'
import { parseAddress } from '../verdicts/ip-address.ts'

const identifier = '2.5.29.30'
const sequence = 0x30
const permittedSubtrees = 0xa0
const dnsName = 0x82
const ipAddress = 0x87

/** Critical: a client that does not understand it must refuse. A DNS name covers the names below it too. */
export const nameConstraints = (names: readonly string[]): Extension =>
  new Extension(identifier, true, der(sequence, der(permittedSubtrees, ...names.map(subtreeOf))))

/** Whether a certificate, as PEM, is limited by such an extension, and to no less than these names. */
export function isLimitedTo(certificate: string, names: readonly string[]): boolean {
  const extension = new X509Certificate(certificate).getExtension(identifier)
  if (!extension?.critical) return false
  const value = Buffer.from(extension.value)
  return names.every((name) => value.includes(subtreeOf(name)))
}

function subtreeOf(name: string): Buffer {
  const parsed = parseAddress(name)
  if (!parsed) return der(sequence, der(dnsName, Buffer.from(name, 'ascii')))
  const address = Buffer.from(parsed.bytes)
  return der(sequence, der(ipAddress, address, Buffer.alloc(address.length, 0xff)))
}

/** Tag, length, content. */
function der(tag: number, ...content: Buffer[]): Buffer {
  const value = Buffer.concat(content)
  const { length } = value
  const size = length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff]
  return Buffer.concat([Buffer.from([tag, ...size]), value])
}
