import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { basePath } from '@mintmark/contract'
import { pino } from 'pino'
import { type App, type AppOptions, buildApp } from '../authority/app.ts'
import type { World } from '../authority/context.ts'
import { type Database, openDatabase, type Where } from '../authority/database/database.ts'
import { initializeStore, type Prepared } from '../authority/setup/initialize-store.ts'
import { realWorld } from '../authority/world.ts'
import { watchEventLoop } from './event-loop/event-loop.ts'
import { copyMigratedFile } from './migrated-file.ts'
import { temporaryFolder } from './temporary-folder.ts'

export const masterKeys = new Map([[1, new Uint8Array(32).fill(7)]])

export interface Authority {
  readonly app: App
  readonly database: Database
  readonly prepared: Opened
  /** All log lines, as JSON. */
  readonly log: string[]
  call(method: string, path: string, options?: CallOptions): Promise<Answer>
}

/** The result of initializing the store, with the first token as text. */
export type Opened = Omit<Prepared, 'token'> & { readonly token: string }

export interface CallOptions {
  /** The owner's token by default; null sends none. */
  readonly token?: string | null
  readonly body?: unknown
  readonly headers?: Readonly<Record<string, string>>
  readonly remoteAddress?: string
}

export interface Answer {
  readonly status: number
  readonly headers: Readonly<Record<string, unknown>>
  readonly text: string
  /** The parsed body; an empty object if there is none. */
  // biome-ignore lint/suspicious/noExplicitAny: a test reads any member of any document
  readonly json: any
}

export interface StartOptions
  extends Partial<
    Pick<
      AppOptions,
      | 'allowPrivateIssuers'
      | 'allowPrivateWebhooks'
      | 'invalidTokensPerMinute'
      | 'consoleFolder'
      | 'helpFolder'
      | 'fetch'
      | 'github'
      | 'gitlabToken'
      | 'limitIpv6Prefix'
      | 'mail'
      | 'maxConnections'
      | 'maxConnectionsPerClient'
      | 'maxStalenessMilliseconds'
      | 'metricsToken'
      | 'publicUrl'
      | 'reconcileMilliseconds'
      | 'reportMilliseconds'
      | 'reporters'
      | 'requestMilliseconds'
      | 'runState'
      | 'tls'
      | 'trustProxy'
      | 'webhookMilliseconds'
    >
  > {
  readonly world?: World
  /** `{ url }` of an empty PostgreSQL database; by default a new SQLite file. */
  readonly store?: Where
  readonly resources?: unknown
  readonly email?: string
  /** False in tests that drive a browser from this process: the driver's work would be attributed to requests. */
  readonly watchesEventLoop?: boolean
}

/** A new SQLite store with the current schema, not initialized. */
export async function migratedStore(test: Pick<TestContext, 'after'>): Promise<{ readonly file: string }> {
  const file = join(temporaryFolder(test), 'mintmark.db')
  await copyMigratedFile(file)
  return { file }
}

/** Starts a server that stops after the test. Requests are injected; `app.server.listen` works too. */
export async function startAuthority(test: Pick<TestContext, 'after'>, options: StartOptions = {}): Promise<Authority> {
  const {
    world = realWorld,
    store = await migratedStore(test),
    resources,
    email,
    watchesEventLoop = true,
    ...rest
  } = options
  const database = await openDatabase(store)
  const made = await initializeStore(database, world, masterKeys, {
    host: 'mintmark.internal',
    // Tests advance the clock by months.
    tokenLifetime: null,
    ...(resources === undefined ? {} : { resources }),
    ...(email === undefined ? {} : { email }),
  })
  const prepared: Opened = { ...made, token: made.token.open() }
  const log: string[] = []
  const logger = pino({ level: 'info', base: null }, { write: (line: string) => void log.push(line) })
  const app = await buildApp({ database, world, masterKeys, logger, host: 'mintmark.internal', ...rest })
  const watch = watchesEventLoop ? watchEventLoop(app.server) : undefined
  test.after(async () => {
    await app.close()
    await database.close()
    watch?.check()
  })
  return { app, database, prepared, log, call: caller(app, prepared.token) }
}

export const outsideTheApi = /^\/(?:\.|auth\/|oauth\/|leaks(?:\/|$)|v1\/|docs$|metrics$|healthz$|readyz$)/

export function caller(app: App, ownerToken: string): Authority['call'] {
  return async (method, path, { token = ownerToken, body, headers = {}, remoteAddress } = {}) => {
    const sent = body === undefined ? {} : { payload: typeof body === 'string' ? body : JSON.stringify(body) }
    const answer = await app.server.inject({
      method: method as 'GET',
      url: outsideTheApi.test(path) ? path : basePath + path,
      headers: {
        ...(token === null ? {} : { authorization: `Bearer ${token}` }),
        ...(body === undefined ? {} : { 'content-type': 'application/vnd.api+json' }),
        ...headers,
      },
      ...(remoteAddress === undefined ? {} : { remoteAddress }),
      ...sent,
    })
    return { status: answer.statusCode, headers: answer.headers, text: answer.body, json: parsed(answer.body) }
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return {}
  }
}

/** A JSON:API document. Relationships are `name: ['type', 'id']`, a list of those, or null. */
export function document(type: string, attributes: object = {}, relations: Readonly<Record<string, Related>> = {}) {
  const identifier = ([kind, id]: readonly [string, string]) => ({ type: kind, id })
  const linkage = (related: Related) => {
    if (related === null) return null
    return isMany(related) ? related.map(identifier) : identifier(related)
  }
  const relationships = Object.fromEntries(
    Object.entries(relations).map(([name, related]) => [name, { data: linkage(related) }]),
  )
  return { data: { type, attributes, relationships } }
}

export type Related = readonly [string, string] | readonly (readonly [string, string])[] | null

const isMany = (related: NonNullable<Related>): related is readonly (readonly [string, string])[] =>
  related.length === 0 || Array.isArray(related[0])

/** Returns code, detail and pointer of the first error of a response. */
export const errorOf = ({ json }: Answer): readonly (string | undefined)[] => {
  const [{ code, detail, source }] = json.errors
  return [code, detail, source?.pointer]
}

export interface Machine {
  readonly id: string
  readonly email: string
  readonly token: string
}

export interface Granted {
  readonly permissions: readonly string[]
  readonly scope: readonly [type: string, id: string]
}

/** An owner of several accounts has to choose one. */
const accountOf = ({ scope }: Granted): Readonly<Record<string, Related>> =>
  scope[0] === 'accounts' ? { account: scope } : {}

/** Creates a service account with a token and, optionally, a policy of a new role with these permissions. */
export async function machine(authority: Authority, name: string, granted?: Granted): Promise<Machine> {
  const { call } = authority
  const account = granted ? accountOf(granted) : {}
  const made = await call('POST', '/service-accounts', { body: document('service-accounts', { name }, account) })
  const id = made.json.data.id as string
  if (granted) await grant(authority, id, granted, name)
  const minted = await call('POST', `/service-accounts/${id}/access-tokens`, {
    body: document('access-tokens', { name: 'test' }),
  })
  return { id, email: made.json.data.attributes.email, token: minted.json.data.attributes.token }
}

/** Creates a policy of a new role with these permissions for a service account. */
export async function grant(
  { call }: Authority,
  serviceAccount: string,
  granted: Granted,
  name = serviceAccount,
): Promise<void> {
  const { permissions, scope } = granted
  const role = await call('POST', '/roles', {
    body: document(
      'roles',
      { name: `${name} role` },
      { ...accountOf(granted), permissions: permissions.map((permission) => ['permissions', permission] as const) },
    ),
  })
  const policy = await call('POST', '/access-policies', {
    body: document(
      'access-policies',
      {},
      {
        [scope[0].replace(/s$/, '')]: scope,
        'service-account': ['service-accounts', serviceAccount],
        roles: [['roles', role.json.data.id]],
      },
    ),
  })
  if (policy.status !== 201) throw new Error(`policy refused: ${policy.text}`)
}
