/** Services of the sign-in handlers, and the transaction in which they write. */
import { audit } from '../audit/audit.ts'
import type { Context } from '../context.ts'
import type { Database } from '../database/database.ts'
import type { Person } from '../identity/users/person.ts'
import type { Attempts } from './attempts.ts'
import type { Failures } from './failures.ts'

export interface SignInServices {
  readonly database: Database
  readonly baseContext: Omit<Context, 'db' | 'actor' | 'auditedEvents' | 'request'>
  readonly attempts: Attempts
  readonly failures: Failures
  /** Returns the IDs of the accounts that a person belongs to. */
  accountsOf(userId: string): readonly string[]
  afterWrite(): Promise<void>
}

export interface SignInRequest {
  readonly request: Context['request']
  /** The `User-Agent` header. */
  readonly client: string
  /** The known-browser cookie, unverified. */
  readonly knownBrowser: string | null
}

interface PersonalEvent<T> {
  readonly person: Person
  readonly action: string
  /** Can follow from the result of the write. */
  readonly after?: Record<string, unknown> | null | ((value: T) => Record<string, unknown>)
}

/** Runs a write of a person about themselves, with its audit event, in one transaction. */
export async function writeAsPerson<T>(
  services: SignInServices,
  { request }: SignInRequest,
  { person, action, after = null }: PersonalEvent<T>,
  work: (context: Context) => Promise<T>,
): Promise<T> {
  const { database, baseContext } = services
  const accounts = services.accountsOf(person.id)
  const actor: Context['actor'] = {
    kind: 'user',
    id: person.id,
    email: person.email,
    accounts,
    rights: { grants: [] },
    tokenId: '',
    tokenLastCharacters: null,
  }
  const result = await database.write(async (db) => {
    const context: Context = { ...baseContext, db, actor, request, auditedEvents: { rows: 0 } }
    const value = await work(context)
    await audit(context, {
      action,
      accountId: accounts,
      subjectType: 'users',
      subjectId: person.id,
      after: typeof after === 'function' ? after(value) : after,
    })
    return value
  })
  await services.afterWrite()
  return result
}
