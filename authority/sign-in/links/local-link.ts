/** Sign-in links that operators create on the machine: for the owner's first sign-in, or for a person who is locked out. */
import type { Secret } from '@mintmark/token'
import { CannotPrepare } from '../../cannot-prepare.ts'
import { systemActor, type World } from '../../context.ts'
import type { Database, Db } from '../../database/database.ts'
import { type Person, personByEmail, personById } from '../../identity/users/person.ts'
import { hasOwnCredentials } from '../methods/credentials.ts'
import { firstOwnerId } from './link-store.ts'
import { createLink } from './links.ts'

export interface LocalLink {
  readonly email: string
  readonly secret: Secret
  readonly expiresAt: string
}

/** Creates a link for the owner of the first account, or for the person with this email address. Throws `CannotPrepare`. */
export function makeLocalLink(database: Database, world: World, email?: string): Promise<LocalLink> {
  return database.write(async (db) => {
    const person = email === undefined ? await firstOwner(db) : await personByEmail(db, email)
    if (!person)
      throw new CannotPrepare(
        email === undefined ? 'no account has an owner' : `no user has the email address ${email}`,
      )
    if (person.status === 'Inactive') throw new CannotPrepare(`${person.email} is inactive`)
    const isFirst = !(await hasOwnCredentials(db, person.id))
    const request = { id: 'local-link', address: 'local', query: new URLSearchParams(), idempotencyKey: null }
    const link = await createLink(
      { db, world, actor: systemActor, request, auditedEvents: { rows: 0 } },
      { purpose: isFirst ? 'owner' : 'recovery', userId: person.id, accountId: null },
    )
    return { email: person.email, ...link }
  })
}

async function firstOwner(db: Db): Promise<Person | undefined> {
  const id = await firstOwnerId(db)
  return id === undefined ? undefined : personById(db, id)
}
