/** Whose session it is that a cookie names, as of now. */
import type { World } from '../context.ts'
import type { Database } from '../database/database.ts'
import { personById } from '../identity/users/person.ts'
import type { Owner } from '../verdicts/verify-token.ts'
import { findSession, isDueForTouch, type Session, touchSession } from './sessions.ts'

export interface Found {
  readonly session: Session
  readonly owner: Owner
  /** Those that let this network in. */
  readonly accounts: readonly string[]
  /** A passkey, a password or a new password is still to be set: until then there is nothing else to be done. */
  readonly isUnfinished: boolean
}

interface Behind {
  readonly database: Database
  readonly world: World
  /** Undefined when not active. */
  verifyOwner(ownerId: string, address: string): Promise<Pick<Found, 'owner' | 'accounts'> | undefined>
  ownerOf(id: string): Owner | undefined
}

/** Undefined when there is no such session, or it is over, or its person is not active. */
export async function findLive(services: Behind, secret: string, address: string): Promise<Found | undefined> {
  const { database, world } = services
  const session = await findSession(database.read, world, secret)
  if (!session) return undefined
  const judged = await services.verifyOwner(session.userId, address)
  if (isDueForTouch(session, world))
    await database.withoutTransaction((db) => touchSession(db, world, session, address))
  const person = await personById(database.read, session.userId)
  if (!person || person.status === 'Inactive') return undefined
  const isUnfinished = session.linkId !== null || person.changePasswordOnSignIn === 1
  if (judged) return { session, ...judged, isUnfinished }
  // Who was invited is no active owner yet, and the session of the link leads only to becoming one.
  const owner = services.ownerOf(session.userId)
  return session.linkId !== null && owner ? { session, owner, accounts: [], isUnfinished } : undefined
}
