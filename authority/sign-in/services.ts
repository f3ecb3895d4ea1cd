/** What the verbs of the sign-in stand on, and the one way in which they write. */
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
  /** The accounts a person belongs to. */
  accountsOf(userId: string): readonly string[]
  afterWrite(): Promise<void>
}

export interface SignInRequest {
  readonly request: Context['request']
  /** What the browser says it is. */
  readonly client: string
  /** The cookie of a browser in which somebody signed in before. */
  readonly knownBrowser: string | null
}

/** A deed of a person about themselves, in one transaction with its audit row. */
export async function writeAsPerson<T>(
  services: SignInServices,
  { request }: SignInRequest,
  { person, action, after = null }: { person: Person; action: string; after?: Record<string, unknown> | null },
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
  const done = await database.write(async (db) => {
    const context: Context = { ...baseContext, db, actor, request, auditedEvents: { rows: 0 } }
    const result = await work(context)
    await audit(context, {
      action,
      accountId: accounts,
      subjectType: 'users',
      subjectId: person.id,
      after,
    })
    return result
  })
  await services.afterWrite()
  return done
}
