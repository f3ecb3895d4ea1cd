/** A software authenticator for tests: creates an ES256 key and responds like a browser (WebAuthn Level 3, sections 6.5 and 7). */
import { createHash, generateKeyPairSync, type KeyObject, sign } from 'node:crypto'

interface RelyingParty {
  readonly origin: string
  readonly site: string
  /** Whether the authenticator asks for a PIN or a fingerprint; true by default. */
  readonly verifiesUser?: boolean
}

const sha256 = (data: string | Uint8Array) => createHash('sha256').update(data).digest()

/** Encodes the types that WebAuthn needs as CBOR (RFC 8949). */
function cbor(value: unknown): Buffer {
  const head = (major: number, count: number) => {
    if (count < 24) return Buffer.from([(major << 5) | count])
    return Buffer.from(count < 256 ? [(major << 5) | 24, count] : [(major << 5) | 25, count >> 8, count & 255])
  }
  if (typeof value === 'number') return value >= 0 ? head(0, value) : head(1, -1 - value)
  if (typeof value === 'string') return Buffer.concat([head(3, Buffer.byteLength(value)), Buffer.from(value)])
  if (value instanceof Uint8Array) return Buffer.concat([head(2, value.length), value])
  const entries = [...(value as Map<unknown, unknown>)]
  return Buffer.concat([head(5, entries.length), ...entries.flat().map(cbor)])
}

interface KeyPair {
  readonly publicKey: KeyObject
  readonly privateKey: KeyObject
}

export function softwareAuthenticator(
  { origin, site, verifiesUser = true }: RelyingParty,
  { publicKey, privateKey }: KeyPair = generateKeyPairSync('ec', { namedCurve: 'P-256' }),
) {
  const { x = '', y = '' } = publicKey.export({ format: 'jwk' })
  const id = sha256(x).subarray(0, 16)
  let counter = 0
  const clientData = (type: string, challenge: string) => Buffer.from(JSON.stringify({ type, challenge, origin }))
  /** Flags: user present, verified if so, and attested credential data if there is a new credential. */
  const authenticatorData = (credential: Buffer = Buffer.alloc(0)) => {
    const count = Buffer.alloc(4)
    count.writeUInt32BE(++counter)
    const flags = 0x01 | (verifiesUser ? 0x04 : 0) | (credential.length > 0 ? 0x40 : 0)
    return Buffer.concat([sha256(site), Buffer.from([flags]), count, credential])
  }
  const common = {
    id: id.toString('base64url'),
    rawId: id.toString('base64url'),
    type: 'public-key',
    clientExtensionResults: {},
  }
  return {
    register: ({ challenge }: { challenge: string }) => {
      const key = new Map<number, unknown>([
        [1, 2],
        [3, -7],
        [-1, 1],
        [-2, Buffer.from(x, 'base64url')],
        [-3, Buffer.from(y, 'base64url')],
      ])
      const credential = Buffer.concat([Buffer.alloc(16), Buffer.from([0, id.length]), id, cbor(key)])
      const attestation = new Map<string, unknown>([
        ['fmt', 'none'],
        ['attStmt', new Map()],
        ['authData', authenticatorData(credential)],
      ])
      return {
        ...common,
        response: {
          clientDataJSON: clientData('webauthn.create', challenge).toString('base64url'),
          attestationObject: cbor(attestation).toString('base64url'),
          transports: ['internal'],
        },
      }
    },
    answer: ({ challenge }: { challenge: string }) => {
      const client = clientData('webauthn.get', challenge)
      const data = authenticatorData()
      return {
        ...common,
        response: {
          clientDataJSON: client.toString('base64url'),
          authenticatorData: data.toString('base64url'),
          signature: sign('sha256', Buffer.concat([data, sha256(client)]), privateKey).toString('base64url'),
        },
      }
    },
  }
}
