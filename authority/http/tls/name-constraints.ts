/**
 * The X.509 extension that limits a certificate authority to certain names (RFC 5280 section 4.2.1.10), so a stolen CA
 * key cannot impersonate other servers to clients that trust the CA.
 */
import { Extension, X509Certificate } from '@peculiar/x509'
import { parseAddress } from '../../verdicts/ip-address.ts'

const identifier = '2.5.29.30'
const sequence = 0x30
const permittedSubtrees = 0xa0
const dnsName = 0x82
const ipAddress = 0x87

/** Critical, so clients that do not support it must reject the certificate. A DNS name also covers its subdomains. */
export const nameConstraints = (names: readonly string[]): Extension =>
  new Extension(identifier, true, der(sequence, der(permittedSubtrees, ...names.map(subtreeOf))))

/** Whether a PEM certificate has this extension and permits all of these names. */
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

/** Encodes DER: tag, length, content. */
function der(tag: number, ...content: Buffer[]): Buffer {
  const value = Buffer.concat(content)
  const { length } = value
  const size = length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff]
  return Buffer.concat([Buffer.from([tag, ...size]), value])
}
