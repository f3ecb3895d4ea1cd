/**
 * Connections to PostgreSQL: chooses host and encryption, and checks that Mintmark can use the server. Every new connection is
 * checked, because after a failover the same name may lead to another server.
 */
import pg from 'pg'
import { DatabaseTrouble } from '../errors.ts'
import { postgresCause } from './postgres-causes.ts'
import type { PostgresAddress } from './postgres-options.ts'
import { failedTargets, firstOf, type Target, type TargetChoice, targetChoice } from './postgres-targets.ts'

export interface PostgresServer {
  /** A pool that connects on demand. The caller ends it. Connecting rejects with `DatabaseTrouble`. */
  newPool(settings: pg.PoolConfig): pg.Pool
  /** One client, not connected yet, for one host. The caller ends it. */
  newClient(settings: pg.ClientConfig): pg.Client
  /** One client connected to the first host that answers. The caller ends it. */
  connect(settings: pg.ClientConfig): Promise<pg.Client>
  /** Whether a connection pooler was detected, which may not preserve session state. */
  isPooled(): boolean
}

const connectMilliseconds = 3_000
/** How long a request waits for a free connection. */
const poolWaitMilliseconds = 5_000

/** `random` from 0 up to 1 decides the order of the hosts if the URL asks for load balancing. */
export function postgresServer(
  address: PostgresAddress,
  random: () => number,
  connectTimeout = connectMilliseconds,
): PostgresServer {
  const { user, password, database, connectSeconds, applicationName = 'mintmark', options, tls } = address
  const timeout = connectSeconds === undefined ? connectTimeout : connectSeconds * 1_000
  const driver: pg.ClientConfig = {
    connectionTimeoutMillis: timeout,
    keepAlive: true,
    application_name: applicationName,
    enableChannelBinding: address.channelBinding,
    ...(tls.isDirect ? { sslnegotiation: 'direct' } : {}),
    ...Object.fromEntries(Object.entries({ user, password, database, options }).filter(([, value]) => value)),
  }
  const choice = targetChoice(address, random)
  const newClient = (settings: pg.ClientConfig) => new CheckedClient({ ...settings, ...driver }, choice)
  return {
    newPool: (settings) => {
      const wait = settings.connectionTimeoutMillis ?? Math.max(poolWaitMilliseconds, timeout + 2_000)
      return new CheckedPool({ ...settings, connectionTimeoutMillis: wait }, newClient, choice)
    },
    newClient,
    connect: (settings) => firstOf(choice, () => newClient(settings).connect()),
    isPooled: () => choice.isPooled,
  }
}

/** Whether another encryption mode may avoid the error. */
const mayDependOnTls = (error: unknown): boolean => {
  const { code = '', message } = error as { code?: string; message: string }
  return (
    code === '28000' ||
    /does not support SSL|establishing an SSL/.test(message) ||
    /^(?:ERR_|CERT_|UNABLE_|SELF_SIGNED_|DEPTH_ZERO_|EPROTO)/.test(code)
  )
}

const sessionCheck = `select current_setting('server_version_num')::int as version, current_setting('server_encoding') as encoding,
  pg_backend_pid() as pid,
  (select backend_start::text from pg_stat_activity where pid = pg_backend_pid()) as "startedAt", current_setting('transaction_read_only') = 'on' as "isReadOnly", pg_is_in_recovery() as "isStandby"`

/** Identifies a session among all servers. */
export interface Backend {
  readonly pid: number
  readonly startedAt: string
}

interface Session extends Backend {
  readonly version: number
  readonly encoding: string
  readonly isReadOnly: boolean
  readonly isStandby: boolean
}

/** Throws `DatabaseTrouble` if the server is unusable or does not match `target_session_attrs`. */
function assertUsable(
  { version, encoding, isReadOnly, isStandby }: Session,
  session: PostgresAddress['session'],
): void {
  if (version < 140_000) throw new DatabaseTrouble('PostgreSQL 14 or newer is needed', { isPermanent: true })
  if (encoding !== 'UTF8') {
    const message = `the database has encoding ${encoding}; create one with encoding UTF8, because names may be in any script`
    throw new DatabaseTrouble(message, { isPermanent: true })
  }
  if (session === 'primary' && isStandby)
    throw new DatabaseTrouble('PostgreSQL is a standby, and target_session_attrs=primary')
  if (session === 'read-write' && isReadOnly)
    throw new DatabaseTrouble('PostgreSQL is a standby or read-only, and target_session_attrs=read-write')
}

const backends = new WeakMap<pg.ClientBase, Backend>()

/** The session of a connected client. */
export const backendOf = (client: pg.ClientBase): Backend | undefined => backends.get(client)

/** Reports to the pool and to the caller which target failed, and why in one sentence. */
class CheckedClient extends pg.Client {
  readonly generation: number
  readonly #target: Target
  readonly #choice: TargetChoice
  #firstAnswer: 'none' | 'postgres' | 'other' = 'none'

  constructor(config: pg.ClientConfig, choice: TargetChoice) {
    const { host, port, tls } = choice.current()
    const { sslnegotiation, ...plain } = config
    super({ ...(tls ? config : plain), host, port, ssl: tls })
    this.#choice = choice
    this.#target = choice.current()
    this.generation = choice.generation
    if (sslnegotiation !== 'direct')
      this.connection.stream.once('data', (bytes: Buffer) => this.#seeAnswer(bytes, tls !== false))
    // A broken connection fails its statements. Without a listener this event would crash the process.
    this.on('error', () => undefined)
    this.connection.on('errorMessage', ({ code }: { code?: string }) => {
      if (code === '25006' && this.generation === choice.generation) choice.generation += 1
    })
  }

  override connect(): Promise<pg.Client>
  override connect(callback: ((error: Error) => void) | ((error: null, client: pg.ClientBase) => void)): void
  override connect(callback?: (...given: never[]) => void): Promise<pg.Client> | undefined {
    const connected = this.#connect()
    if (!callback) return connected
    const done = callback as (error: Error | null, client?: pg.Client) => void
    connected.then(() => done(null, this), done)
    return undefined
  }

  async #connect(): Promise<pg.Client> {
    try {
      await super.connect()
      const check = { text: sessionCheck, query_timeout: connectMilliseconds }
      const { rows } = await this.query<Session>(check)
      const session = rows[0] as Session
      backends.set(this, session)
      if (session.pid !== (this as unknown as { processID: number | null }).processID) this.#choice.isPooled = true
      assertUsable(session, this.#choice.session)
      return this
    } catch (error) {
      this.#choice.leave(this.#target, mayDependOnTls(error))
      this.end().catch(() => undefined)
      const failure = this.#explained(error as Error)
      failedTargets.set(failure, this.#target)
      throw failure
    }
  }

  #seeAnswer(bytes: Buffer, asksForTls: boolean): void {
    this.#firstAnswer = isPostgresAnswer(bytes, asksForTls) ? 'postgres' : 'other'
    // Otherwise the client would wait for more data until the timeout.
    if (this.#firstAnswer === 'other') this.connection.stream.destroy(new Error('not PostgreSQL'))
  }

  #explained(error: Error): DatabaseTrouble {
    const { host, port } = this.#target
    const at = host.startsWith('/')
      ? `PostgreSQL at ${host}`
      : `PostgreSQL at ${host.includes(':') ? `[${host}]` : host}:${port}`
    const trouble = (reason: string, isPermanent = false) =>
      new DatabaseTrouble(`${at} ${reason}`, { cause: error, isPermanent })
    if (error instanceof DatabaseTrouble) {
      const { message: text, isPermanent } = error
      return this.#choice.namesHost ? trouble(text.replace(/^PostgreSQL /, ''), isPermanent) : error
    }
    if (this.#firstAnswer === 'other') return trouble('is not a PostgreSQL server: is the port right?', true)
    const isClosed =
      /Connection terminated unexpectedly/.test(error.message) ||
      /^(?:ECONNRESET|EPIPE)$/.test((error as { code?: string }).code ?? '')
    if (isClosed && this.#firstAnswer === 'none')
      return trouble(
        'closed the connection without an answer: another program listens there, or a proxy without a server behind it',
      )
    const cause = postgresCause(error, at)
    if (cause) return new DatabaseTrouble(cause.sentence, { cause: error, isPermanent: cause.isPermanent })
    return trouble(`refused the connection: ${error.message}`)
  }
}

/** Checks the first bytes: a reply to the TLS request, or a message of type authentication, error, notice or version. */
function isPostgresAnswer(bytes: Buffer, asksForTls: boolean): boolean {
  const first = String.fromCharCode(bytes[0] ?? 0)
  if (asksForTls && bytes.length === 1) return first === 'S' || first === 'N'
  return 'RENv'.includes(first) && (bytes.length < 5 || bytes.readUInt32BE(1) < 65_536)
}

class CheckedPool extends pg.Pool {
  readonly #choice: TargetChoice

  constructor(settings: pg.PoolConfig, newClient: (settings: pg.ClientConfig) => pg.Client, choice: TargetChoice) {
    // The pool calls it with `new` and uses the returned object.
    const Client = function client(given: pg.ClientConfig) {
      return newClient(given)
    }
    super({ ...settings, Client: Client as unknown as new () => pg.ClientBase })
    this.#choice = choice
    // The pool replaces a broken connection. Without a listener this event would crash the process.
    this.on('error', () => undefined)
  }

  override connect(): Promise<pg.PoolClient>
  override connect(
    callback: (
      error: Error | undefined,
      client: pg.PoolClient | undefined,
      done: (release?: Error | boolean) => void,
    ) => void,
  ): void
  override connect(
    callback?: (
      error: Error | undefined,
      client: pg.PoolClient | undefined,
      done: (release?: Error | boolean) => void,
    ) => void,
  ): Promise<pg.PoolClient> | undefined {
    const connected = firstOf(this.#choice, () => this.#acquire())
    if (!callback) return connected
    connected.then(
      (client) => callback(undefined, client, client.release),
      (error: Error) => callback(error, undefined, () => undefined),
    )
    return undefined
  }

  async #acquire(): Promise<pg.PoolClient> {
    for (;;) {
      const client = await super.connect()
      if ((client as unknown as CheckedClient).generation === this.#choice.generation) return client
      client.release(true)
    }
  }
}
