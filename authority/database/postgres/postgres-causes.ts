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
  readonly reason: string
  readonly isPermanent?: true
}

/** Errors while connecting. The first matching row wins, before `rows`. */
const connecting: readonly Row[] = [
  {
    message: /does not support SSL connections/,
    reason: 'does not offer TLS, which sslmode requires',
    isPermanent: true,
  },
  {
    message: /client password must be|empty password returned/,
    reason: 'requires a password, and --database contains none',
    isPermanent: true,
  },
  {
    message: /unsupported startup parameter/,
    reason: 'is a connection pooler that rejects session settings: connect to PostgreSQL directly',
    isPermanent: true,
  },
  // PgBouncer reports every failure as a protocol violation.
  {
    code: /^08P01$/,
    message: /no such database|^database "/,
    reason: 'has no database of this name',
    isPermanent: true,
  },
  {
    code: /^08P01$/,
    message: /no such user|(?:auth|authentication) failed/,
    reason: 'rejected the user name or password',
    isPermanent: true,
  },
  { code: /^ECONNREFUSED$/, reason: 'refused the connection: no program listens on this port' },
  { code: /^ENOTFOUND$/, reason: 'cannot be found: the host name is unknown' },
  { code: /^EAI_/, reason: 'cannot be found: the name server does not answer' },
  { code: /^(?:EHOSTUNREACH|EHOSTDOWN|ENETUNREACH|ENETDOWN)$/, reason: 'cannot be reached: there is no route to it' },
  { code: /^ETIMEDOUT$/, reason: 'did not answer in time: it is overloaded, or a firewall drops the connection' },
  { code: /^ENOENT$/, reason: 'cannot be reached: its socket does not exist' },
  { code: /^EACCES$/, reason: 'cannot be reached: access to its socket is denied', isPermanent: true },
  { code: /^(?:ECONNRESET|EPIPE)$/, reason: 'closed the connection' },
  {
    code: /^ERR_TLS_CERT_ALTNAME_INVALID$/,
    reason: 'presented a certificate for another host name, which sslmode=verify-full rejects',
    isPermanent: true,
  },
  {
    code: /^(?:CERT_|UNABLE_TO_|SELF_SIGNED_|DEPTH_ZERO_|ERROR_IN_CERT_|CRL_|INVALID_CA$|INVALID_PURPOSE$|HOSTNAME_MISMATCH$)/,
    reason: 'presented a certificate that cannot be verified (sslrootcert names the certificate authorities to trust)',
    isPermanent: true,
  },
  { code: /^(?:ERR_SSL_|ERR_TLS_|EPROTO$)/, reason: 'failed the TLS handshake', isPermanent: true },
  { message: /error establishing an SSL connection/, reason: 'failed the TLS handshake' },
]

/** The first matching row wins. SQLSTATE classes: https://www.postgresql.org/docs/current/errcodes-appendix.html */
const rows: readonly Row[] = [
  {
    message: /timeout exceeded when trying to connect/,
    reason: 'was not reached: every connection of this node is in use, and none became free in time (--database-pool)',
  },
  {
    message: /timeout expired|terminated due to connection timeout/,
    reason: 'did not answer in time: it is overloaded, or a firewall drops the connection',
  },
  { message: /Query read timeout/, reason: 'took too long to answer a statement' },
  { code: /^(?:ECONNRESET|EPIPE|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|ENETDOWN)$/, reason: 'closed the connection' },
  {
    code: /^53300$/,
    reason: 'has no free connection: max_connections, or a limit of the user or database, is reached',
  },
  { code: /^57P03$/, reason: 'is not ready: it is starting up, shutting down or recovering' },
  { code: /^57P0[12]$/, reason: 'is shutting down' },
  { code: /^28P01$/, reason: 'rejected the user name or password', isPermanent: true },
  {
    code: /^28000$/,
    message: /pg_hba\.conf/,
    reason: 'has no rule in pg_hba.conf that allows this user, database, address and encryption',
    isPermanent: true,
  },
  { code: /^28/, reason: 'rejected the user', isPermanent: true },
  { code: /^3D000$/, reason: 'has no database of this name', isPermanent: true },
  { code: /^25006$/, reason: 'accepts no writes: this server is a standby or read-only' },
  {
    code: /^(?:26000|42P05)$/,
    reason: 'lost a prepared statement: a connection pooler in transaction mode is in between; connect directly',
  },
  { code: /^40(?:001|P01)$/, reason: 'is too busy: a write conflicted with others repeatedly' },
  { code: /^55P03$/, reason: 'is too busy: a write waited too long for others' },
  { code: /^57014$/, reason: 'canceled a statement that took too long' },
  { code: /^25P03$/, reason: 'ended a transaction that had been idle for too long' },
  { code: /^53100$/, reason: 'is on a full disk' },
  { code: /^53200$/, reason: 'is out of memory' },
  // Between the steps of a restore. 42P10: the table has no keys yet.
  {
    code: /^(?:42P01|3F000|42P10)$/,
    reason: 'lacks tables or keys: the database is being restored, or is not Mintmark’s',
  },
  { code: /^XX00[12]$/, reason: 'reports damaged data' },
  // 08: connection exception, 53: insufficient resources, 57P: operator intervention, 58: system error.
  { code: /^(?:08...|53...|57P..|58...)$/, reason: 'cannot be reached' },
  {
    message: /Connection terminated|Client was closed|not queryable|connection has been discarded/,
    reason: 'closed the connection',
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
  return row && { sentence: `${at ?? 'PostgreSQL'} ${row.reason}`, isPermanent: row.isPermanent ?? false }
}
