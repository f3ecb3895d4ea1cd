/** Sign-in links that operators create on the machine: for the owner's first sign-in, or for a person who is locked out. */
import type { Secret } from '@mintmark/token'
import { CannotPrepare } from '../../cannot-prepare.ts'
import type { World } from '../../context.ts'
import type { Database } from '../../database/database.ts'
import { personByEmail, personById } from '../../identity/users/person.ts'
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
    const ownerId = email === undefined ? await firstOwnerId(db) : undefined
    const person = ownerId ? await personById(db, ownerId) : await personByEmail(db, email ?? '')
    if (!person) throw new CannotPrepare(`no user has the email address ${email ?? ''}`)
    if (person.status === 'Inactive') throw new CannotPrepare(`${person.email} is inactive`)
    const isFirst = !(await hasOwnCredentials(db, person.id))
    const request = { id: 'local-link', address: 'local', query: new URLSearchParams(), idempotencyKey: null }
    const rights = { grants: [] }
    const actor = {
      kind: 'system',
      id: '',
      email: null,
      accounts: [],
      rights,
      tokenId: '',
      tokenLastCharacters: null,
    } as const
    const link = await createLink(
      { db, world, actor, request, auditedEvents: { rows: 0 } },
      { purpose: isFirst ? 'owner' : 'recovery', userId: person.id, accountId: null },
    )
    return { email: person.email, ...link }
  })
}
