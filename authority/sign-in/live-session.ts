/** Finds the session of a cookie and its owner. */
import type { SessionNeeds } from '@mintmark/contract'
import type { World } from '../context.ts'
import type { Database } from '../database/database.ts'
import { personById } from '../identity/users/person.ts'
import type { Owner } from '../verdicts/verify-token.ts'
import { needsOf } from './methods/session-needs.ts'
import { findSession, isDueForTouch, type Session, touchSession } from './sessions.ts'

export interface LiveSession {
  readonly session: Session
  readonly owner: Owner
  /** The accounts whose allowed networks include the client's address. */
  readonly accounts: readonly string[]
  readonly needs: SessionNeeds | null
}

interface LiveSessionServices {
  readonly database: Database
  readonly world: World
  /** Undefined if the owner is not active. */
  verifyOwner(ownerId: string, address: string): Promise<Pick<LiveSession, 'owner' | 'accounts'> | undefined>
  ownerOf(id: string): Owner | undefined
}

/** Returns undefined if there is no such session, if it expired or ended, or if its person is not active. */
export async function findLiveSession(
  services: LiveSessionServices,
  secret: string,
  address: string,
): Promise<LiveSession | undefined> {
  const { database, world } = services
  const session = await findSession(database.read, world, secret)
  if (!session) return undefined
  const verified = await services.verifyOwner(session.userId, address)
  if (isDueForTouch(session, world))
    await database.withoutTransaction((db) => touchSession(db, world, session, address))
  const person = await personById(database.read, session.userId)
  if (!person || person.status === 'Inactive') return undefined
  const needs = await needsOf(database.read, person, session)
  if (verified) return { session, ...verified, needs }
  // An invited person is not an active owner yet. Their session only allows them to set a sign-in method.
  const owner = services.ownerOf(session.userId)
  return session.linkId !== null && owner ? { session, owner, accounts: [], needs } : undefined
}
