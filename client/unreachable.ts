/** The API could not be reached or did not respond. With `lost` and `timeout`, the server may have processed the request. */
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

const messages: Partial<Record<UnreachableReason, string>> = {
  'connection-refused': 'refuses connections',
  'unknown-host': 'cannot be resolved',
  'untrusted-certificate': 'has a certificate that is not trusted',
  'wrong-certificate': 'has a certificate for another host',
  'not-tls': 'does not use https',
  timeout: 'did not respond in time',
  lost: 'closed the connection before responding',
}

/** Converts an error of fetch. The message names the server. */
export function unreachable(error: unknown, address: string): Unreachable {
  const reason = reasonOf(error)
  return new Unreachable(reason, `${address} ${messages[reason] ?? 'cannot be reached'}`, { cause: error })
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

// Error codes of Node for certificates that do not lead to a trusted authority.
const certificateCode = /CERT|SIGNATURE|ISSUER/

/** Node puts the reason into `cause`. Browsers provide none. */
function reasonOf(error: unknown): UnreachableReason {
  if (error instanceof Error && (error.name === 'TimeoutError' || error.name === 'AbortError')) return 'timeout'
  const code = (error as { cause?: { code?: unknown } } | null)?.cause?.code
  if (typeof code !== 'string') return 'lost'
  return reasons[code] ?? (certificateCode.test(code) ? 'untrusted-certificate' : 'lost')
}
