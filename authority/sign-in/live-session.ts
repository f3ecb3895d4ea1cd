/** Whose session it is that a cookie names, as of now. */
import type { World } from '../context.ts'
import type { Database } from '../database/database.ts'
import type { Owner } from '../verdicts/judge.ts'
import { findSession, isSeenLongAgo, type Session, seeSession } from './sessions.ts'

export interface Found {
  readonly session: Session
  readonly owner: Owner
  /** Those that let this network in. */
  readonly accounts: readonly string[]
}

interface Behind {
  readonly database: Database
  readonly world: World
  /** Undefined when not active. */
  judgeOwner(ownerId: string, address: string): Promise<Omit<Found, 'session'> | undefined>
  ownerOf(id: string): Owner | undefined
}

/** Undefined when there is no such session, or it is over, or its person is not active. */
export async function findLive(behind: Behind, secret: string, address: string): Promise<Found | undefined> {
  const { database, world } = behind
  const session = await findSession(database.read, world, secret)
  if (!session) return undefined
  const judged = await behind.judgeOwner(session.userId, address)
  if (isSeenLongAgo(session, world)) await database.bare((db) => seeSession(db, world, session, address))
  if (judged) return { session, ...judged }
  // Who was invited is no active owner yet, and the session of the link leads only to becoming one.
  const owner = behind.ownerOf(session.userId)
  return session.linkId !== null && owner ? { session, owner, accounts: [] } : undefined
}
