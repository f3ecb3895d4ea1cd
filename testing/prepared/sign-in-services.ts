/** For tests of the sign-in handlers: their services on a new database, without a server. */
import assert from 'node:assert/strict'
import type { TestContext } from 'node:test'
import { type Installation, Refusal, type World } from '../../authority/context.ts'
import { hashPassword } from '../../authority/identity/users/password.ts'
import type { Person } from '../../authority/identity/users/person.ts'
import { countAttempts } from '../../authority/sign-in/attempts.ts'
import type { Failure } from '../../authority/sign-in/failures.ts'
import { softwareAuthenticator } from '../../authority/sign-in/methods/passkey-samples.ts'
import {
  addPasskey,
  checkRegistration,
  registrationOptions,
  signInOptions,
} from '../../authority/sign-in/methods/passkeys.ts'
import type { SignInRequest, SignInServices } from '../../authority/sign-in/services.ts'
import { createSession } from '../../authority/sign-in/sessions.ts'
import { openVault } from '../../authority/vault/vault.ts'
import { fixedWorld } from '../../authority/world.ts'
import { strong } from '../browser.ts'
import { masterKeys } from '../kit.ts'
import { rawSql } from '../raw-sql.ts'
import { type PreparedDatabase, preparedDatabase } from './prepared-database.ts'

export const signInTime = '2030-01-01T00:00:00.000Z'
export const here = { name: 'localhost', origins: ['http://localhost:8420'] }
const request: SignInRequest = {
  request: { id: 'req-1', address: '192.0.2.1', query: new URLSearchParams(), idempotencyKey: null },
  client: 'Browser',
  knownBrowser: null,
}

/** Hashing takes long, so tests share it. */
const passwordHash = hashPassword({ world: fixedWorld(signInTime) }, strong)

/** Two users with the password `strong`: the active owner of the account, and `other`, who is in no account. */
export async function signInServices(t: TestContext) {
  const world = fixedWorld(signInTime)
  const prepared = await preparedDatabase(t, world)
  const { database, user, write } = prepared
  const { services, ...counted } = recordingServices(prepared, world)
  const update = (change: Partial<Person>, id = user) =>
    write(async (db) => void (await db.updateTable('users').set(change).where('id', '=', id).execute()))
  const password = { passwordHash: await passwordHash, passwordChangedAt: signInTime }
  await update(password)
  const other = 'user-other'
  await prepared.insertUser({ id: other, ...password })
  const person = (id = user) =>
    database.read.selectFrom('users').selectAll().where('id', '=', id).executeTakeFirstOrThrow()
  const rows = (text: string) => rawSql(database, `${text} order by rowid`) as Promise<Record<string, string>[]>
  const parsed = (json: string | undefined) => JSON.parse(json ?? 'null')
  const events = async () => {
    const found = await rows(`select * from audit_events where request_id = '${request.request.id}'`)
    return found.map((row) => [row['action'], row['subjectId'], parsed(row['after'])])
  }
  const notifications = async () => {
    const found = await rows('select * from notifications')
    return found.map((row) => [row['kind'], row['ownerId'], parsed(row['data'])])
  }
  const passkeyOf = async (id = user, name = 'laptop') => {
    const device = softwareAuthenticator({ origin: here.origins[0] as string, site: here.name })
    const owner = await person(id)
    const response = device.register(await registrationOptions(database.read, services.baseContext, here, owner))
    const registration = await checkRegistration(services.baseContext, here, owner, { name, response })
    await write((db) => addPasskey({ db, world }, registration))
    return { device, id: registration.row.id }
  }
  const answerOf = async (device: ReturnType<typeof softwareAuthenticator>) =>
    device.answer(await signInOptions(services.baseContext, here))
  return {
    ...{ ...prepared, ...counted, world, other, services, request },
    ...{ update, person, events, notifications, passkeyOf, answerOf },
  }
}

/** Records attempts, failures and successes. Attempts are limited as usual. */
function recordingServices({ database, account, user }: PreparedDatabase, world: World) {
  const [failures, succeeded, attempts]: [Failure[], string[], string[]] = [[], [], []]
  const key = new Uint8Array(32).fill(1)
  const installation = { host: 'mintmark.internal', signingKey: () => ({ generation: 1, key }) } as Installation
  const vault = openVault(world, masterKeys)
  const { count, uncount } = countAttempts(world)
  const services: SignInServices = {
    database,
    baseContext: { world, vault, installation, wasUsed: () => false, liveTokens: () => 0 },
    attempts: {
      count: (attempt) => {
        attempts.push(`count ${Object.values(attempt).join(' ')}`)
        count(attempt)
      },
      uncount: (attempt) => {
        attempts.push(`uncount ${Object.values(attempt).join(' ')}`)
        uncount(attempt)
      },
    },
    failures: {
      count: (failure) => void failures.push(failure),
      succeeded: (id) => void succeeded.push(id),
      flush: async () => undefined,
    },
    accountsOf: (id) => (id === user ? [account] : []),
    afterWrite: async () => undefined,
  }
  return { services, failures, succeeded, attempts }
}

export type SignInSample = Awaited<ReturnType<typeof signInServices>>

export async function sessionOf({ write, world, user }: SignInSample, rest: { userId?: string; linkId?: string } = {}) {
  const begun = { userId: user, address: '192.0.2.9', client: 'Old', linkId: null, hasSecondFactor: false, ...rest }
  return (await write((db) => createSession({ db, world }, begun))).session
}

/** Code, detail and pointer of the refusal with which the work fails. */
export async function refusalOf(work: Promise<unknown>): Promise<unknown[]> {
  const error = await work.then(
    () => assert.fail('nothing was refused'),
    (reason: unknown) => reason,
  )
  assert.ok(error instanceof Refusal, String(error))
  const { detail, at } = error.faults[0] ?? {}
  return [error.code, detail, ...(at === undefined ? [] : [at])]
}
