/**
 * Console sessions. The secret exists only in a cookie; the database stores its hash. Every sign-in and re-authentication
 * creates a new secret, so a cookie that an attacker set or copied before is invalid afterwards.
 */

import { limits } from '@mintmark/contract'
import { Secret } from '@mintmark/token'
import type { Context, World } from '../context.ts'
import type { Db } from '../database/database.ts'
import { newId } from '../ids.ts'
import { cancelCodesOf } from './authorizations/cancel-codes.ts'
import { hashOfSecret } from './secret-hash.ts'
import {
  endOtherSessions,
  findSessionByHash,
  findSessionsOf,
  insertSession,
  type SessionRow,
  updateSession,
} from './session-store.ts'

export type Session = Omit<SessionRow, 'hash'>

const secretBytes = 32
const touchMilliseconds = 60_000

interface NewSession {
  readonly userId: string
  readonly address: string
  /** The `User-Agent` header. */
  readonly client: string
  readonly linkId: string | null
  readonly hasSecondFactor: boolean
}

export async function createSession(
  { db, world }: Pick<Context, 'db' | 'world'>,
  { userId, address, client, linkId, hasSecondFactor }: NewSession,
): Promise<{ session: Session; secret: Secret }> {
  const now = world.now().toISOString()
  const { secret, hash } = newSecret(world)
  const session: Session = {
    id: newId(world, 'session'),
    userId,
    linkId,
    address,
    client: client.slice(0, 255),
    createdAt: now,
    seenAt: now,
    authenticatedAt: now,
    hasSecondFactor: Number(hasSecondFactor),
    expiresAt: later(world, limits.sessionHoursMax),
    endedAt: null,
  }
  await insertSession(db, { ...session, hash }, later(world, -limits.sessionHoursMax))
  return { session, secret }
}

/** Returns the active session of a cookie; undefined if there is none, or if it expired or was idle for too long. */
export async function findSession(db: Db, world: World, secret: string): Promise<Session | undefined> {
  const row = await findSessionByHash(db, hashOfSecret(secret))
  if (!row) return undefined
  const { hash: _, ...session } = row
  const now = world.now().toISOString()
  return session.expiresAt > now && session.seenAt > idleSince(world) ? session : undefined
}

export const idleExpiry = ({ seenAt }: Session): string =>
  new Date(Date.parse(seenAt) + limits.sessionIdleHoursMax * 3_600_000).toISOString()

export const stepUpExpiry = ({ authenticatedAt }: Session): string =>
  new Date(Date.parse(authenticatedAt) + limits.stepUpMinutes * 60_000).toISOString()

export const hasRecentStepUp = (session: Session, world: World): boolean =>
  stepUpExpiry(session) > world.now().toISOString()

/** Whether `seenAt` is old enough to be worth a write. */
export const isDueForTouch = ({ seenAt }: Session, world: World): boolean =>
  world.now().getTime() - Date.parse(seenAt) > touchMilliseconds

export async function touchSession(db: Db, world: World, { id }: Session, address: string): Promise<void> {
  await updateSession(db, id, { seenAt: world.now().toISOString(), address })
}

/** Records a re-authentication: the session gets a new secret and is no longer limited to setting a sign-in method. */
export async function renewSession(
  { db, world }: Pick<Context, 'db' | 'world'>,
  session: Session,
  hasSecondFactor: boolean,
) {
  const { secret, hash } = newSecret(world)
  const now = world.now().toISOString()
  const change = { authenticatedAt: now, seenAt: now, linkId: null, hasSecondFactor: Number(hasSecondFactor) }
  await updateSession(db, session.id, { hash, ...change })
  return { session: { ...session, ...change }, secret }
}

/** Records that the person set up a second factor in this session, and proved it. */
export const addSecondFactor = (db: Db, { id }: Session): Promise<void> => updateSession(db, id, { hasSecondFactor: 1 })

export const sessionsOf = (db: Db, world: World, userId: string): Promise<Session[]> =>
  findSessionsOf(db, userId, idleSince(world), world.now().toISOString())

export async function endSession(
  { db, world }: Pick<Context, 'db' | 'world'>,
  { id, userId }: Pick<Session, 'id' | 'userId'>,
): Promise<void> {
  await cancelCodesOf(db, userId)
  await updateSession(db, id, { endedAt: world.now().toISOString() })
}

/** Also deletes authorization codes: otherwise a client could exchange one for a token after the sign-out. */
export async function endSessionsOf(
  { db, world }: Pick<Context, 'db' | 'world'>,
  userId: string,
  exceptId: string | null = null,
): Promise<number> {
  await cancelCodesOf(db, userId)
  return endOtherSessions(db, userId, exceptId, world.now().toISOString())
}

function newSecret(world: World): { secret: Secret; hash: Uint8Array } {
  const text = Buffer.from(world.random(secretBytes)).toString('base64url')
  return { secret: new Secret(text), hash: hashOfSecret(text) }
}

const idleSince = (world: World): string => later(world, -limits.sessionIdleHoursMax)

const later = (world: World, hours: number): string => new Date(world.now().getTime() + hours * 3_600_000).toISOString()
