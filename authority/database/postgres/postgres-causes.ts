/** Why PostgreSQL cannot be used: one sentence for the operator per cause, never with the address, user or password. */

export interface PostgresCause {
  readonly sentence: string
  /** Retrying does not help: a setting has to be changed. */
  readonly isPermanent: boolean
}

interface Row {
  /** Matches the SQLSTATE or Node's error code. */
  readonly code?: RegExp
  readonly message?: RegExp
  /** The rest of a sentence that starts with "PostgreSQL" or "PostgreSQL at host:port". */
  readonly says: string
  readonly isPermanent?: true
}

/** Errors while connecting. The first matching row wins, before `rows`. */
const connecting: readonly Row[] = [
  {
    message: /does not support SSL connections/,
    says: 'does not offer TLS, which sslmode demands',
    isPermanent: true,
  },
  {
    message: /client password must be|empty password returned/,
    says: 'asks for a password, and --database contains none',
    isPermanent: true,
  },
  {
    message: /unsupported startup parameter/,
    says: 'is a connection pooler that rejects session settings: connect to PostgreSQL directly',
    isPermanent: true,
  },
  // PgBouncer reports every failure as a protocol violation.
  {
    code: /^08P01$/,
    message: /no such database|^database "/,
    says: 'has no database of this name',
    isPermanent: true,
  },
  {
    code: /^08P01$/,
    message: /no such user|(?:auth|authentication) failed/,
    says: 'rejected the user name or password',
    isPermanent: true,
  },
  { code: /^ECONNREFUSED$/, says: 'refused the connection: no program listens on this port' },
  { code: /^ENOTFOUND$/, says: 'cannot be found: the host name is unknown' },
  { code: /^EAI_/, says: 'cannot be found: the name server does not answer' },
  { code: /^(?:EHOSTUNREACH|EHOSTDOWN|ENETUNREACH|ENETDOWN)$/, says: 'cannot be reached: there is no route to it' },
  { code: /^ETIMEDOUT$/, says: 'did not answer in time: it is overloaded, or a firewall drops the connection' },
  { code: /^ENOENT$/, says: 'cannot be reached: its socket does not exist' },
  { code: /^EACCES$/, says: 'cannot be reached: access to its socket is denied', isPermanent: true },
  { code: /^(?:ECONNRESET|EPIPE)$/, says: 'closed the connection' },
  {
    code: /^ERR_TLS_CERT_ALTNAME_INVALID$/,
    says: 'presented a certificate for another host name, which sslmode=verify-full rejects',
    isPermanent: true,
  },
  {
    code: /^(?:CERT_|UNABLE_TO_|SELF_SIGNED_|DEPTH_ZERO_|ERROR_IN_CERT_|CRL_|INVALID_CA$|INVALID_PURPOSE$|HOSTNAME_MISMATCH$)/,
    says: 'presented a certificate that cannot be verified (sslrootcert names the certificate authorities to trust)',
    isPermanent: true,
  },
  { code: /^(?:ERR_SSL_|ERR_TLS_|EPROTO$)/, says: 'failed the TLS handshake', isPermanent: true },
  { message: /error establishing an SSL connection/, says: 'failed the TLS handshake' },
]

/** The first matching row wins. SQLSTATE classes: https://www.postgresql.org/docs/current/errcodes-appendix.html */
const rows: readonly Row[] = [
  {
    message: /timeout exceeded when trying to connect/,
    says: 'is not asked: every connection of this node is in use, and none became free in time (--database-pool)',
  },
  {
    message: /timeout expired|terminated due to connection timeout/,
    says: 'did not answer in time: it is overloaded, or a firewall drops the connection',
  },
  { message: /Query read timeout/, says: 'took too long to answer a statement' },
  { code: /^(?:ECONNRESET|EPIPE|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|ENETDOWN)$/, says: 'closed the connection' },
  { code: /^53300$/, says: 'has no free connection: max_connections, or a limit of the user or database, is reached' },
  { code: /^57P03$/, says: 'is not ready: it is starting up, shutting down or recovering' },
  { code: /^57P0[12]$/, says: 'is shutting down' },
  { code: /^28P01$/, says: 'rejected the user name or password', isPermanent: true },
  {
    code: /^28000$/,
    message: /pg_hba\.conf/,
    says: 'has no rule in pg_hba.conf that admits this user, database, address and encryption',
    isPermanent: true,
  },
  { code: /^28/, says: 'rejected the user', isPermanent: true },
  { code: /^3D000$/, says: 'has no database of this name', isPermanent: true },
  { code: /^25006$/, says: 'accepts no changes: this server is a standby or read-only' },
  {
    code: /^(?:26000|42P05)$/,
    says: 'lost a prepared statement: a connection pooler in transaction mode is in between; connect directly',
  },
  { code: /^40(?:001|P01)$/, says: 'is too busy: a change met others again and again' },
  { code: /^55P03$/, says: 'is too busy: a change waited too long for others' },
  { code: /^57014$/, says: 'took too long and gave up' },
  { code: /^25P03$/, says: 'ended a transaction that had been idle for too long' },
  { code: /^53100$/, says: 'is on a full disk' },
  { code: /^53200$/, says: 'is out of memory' },
  // Between the steps of a restore. 42P10: the table has no keys yet.
  {
    code: /^(?:42P01|3F000|42P10)$/,
    says: 'lacks tables or keys: the database is being restored, or is not Mintmark’s',
  },
  { code: /^XX00[12]$/, says: 'found its data damaged' },
  // 08: connection exception, 53: insufficient resources, 57P: operator intervention, 58: system error.
  { code: /^(?:08...|53...|57P..|58...)$/, says: 'cannot be reached' },
  {
    message: /Connection terminated|Client was closed|not queryable|connection has been discarded/,
    says: 'closed the connection',
  },
]

/** `at` names the server, for an error while connecting. */
export function postgresCause(error: Error, at?: string): PostgresCause | undefined {
  const { code } = error as { code?: unknown }
  const row = [...(at === undefined ? [] : connecting), ...rows].find(
    (each) =>
      (each.code === undefined || (typeof code === 'string' && each.code.test(code))) &&
      (each.message === undefined || each.message.test(error.message)),
  )
  return row && { sentence: `${at ?? 'PostgreSQL'} ${row.says}`, isPermanent: row.isPermanent ?? false }
}
