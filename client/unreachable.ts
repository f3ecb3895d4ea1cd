/** No answer of the API came back. `lost` and `timeout`: the deed may have been done all the same. */
export class Unreachable extends Error {
  override name = 'Unreachable'
  readonly reason: UnreachableReason

  constructor(reason: UnreachableReason, message: string, options?: { cause?: unknown }) {
    super(message, options)
    this.reason = reason
  }
}

export type UnreachableReason =
  | 'connection-refused'
  | 'unknown-host'
  | 'untrusted-certificate'
  | 'wrong-certificate'
  | 'not-tls'
  | 'redirect'
  | 'no-such-api'
  | 'timeout'
  | 'lost'

const sentences: Partial<Record<UnreachableReason, string>> = {
  'connection-refused': 'refuses connections',
  'unknown-host': 'is not a known host',
  'untrusted-certificate': 'shows a certificate that is not trusted here',
  'wrong-certificate': 'shows a certificate of another host',
  'not-tls': 'does not speak https',
  timeout: 'does not answer in time',
  lost: 'closed the connection before it had answered',
}

/** What fetch threw, in one sentence that names the server. */
export function unreachable(error: unknown, address: string): Unreachable {
  const reason = reasonOf(error)
  return new Unreachable(reason, `${address} ${sentences[reason] ?? 'cannot be reached'}`, { cause: error })
}

const reasons: Readonly<Record<string, UnreachableReason>> = {
  ECONNREFUSED: 'connection-refused',
  ENOTFOUND: 'unknown-host',
  EAI_AGAIN: 'unknown-host',
  ERR_TLS_CERT_ALTNAME_INVALID: 'wrong-certificate',
  ERR_SSL_WRONG_VERSION_NUMBER: 'not-tls',
  ERR_SSL_PACKET_LENGTH_TOO_LONG: 'not-tls',
  ETIMEDOUT: 'timeout',
  UND_ERR_CONNECT_TIMEOUT: 'timeout',
  UND_ERR_HEADERS_TIMEOUT: 'timeout',
  UND_ERR_BODY_TIMEOUT: 'timeout',
}

// OpenSSL's names for a chain that ends nowhere we know, as Node gives them.
const certificateCode = /CERT|SIGNATURE|ISSUER/

/** Node hides the reason in the cause; where there is none, as in a browser, all that is known is that nothing came. */
function reasonOf(error: unknown): UnreachableReason {
  if (error instanceof Error && (error.name === 'TimeoutError' || error.name === 'AbortError')) return 'timeout'
  const code = (error as { cause?: { code?: unknown } } | null)?.cause?.code
  if (typeof code !== 'string') return 'lost'
  return reasons[code] ?? (certificateCode.test(code) ? 'untrusted-certificate' : 'lost')
}
