/**
 * Sessions of people in the console. The secret is in a cookie and nowhere else; it is a new one after every proof of who
 * it is, so none that somebody planted or saw before is worth anything after.
 */

import { limits } from '@mintmark/contract'
import { Secret } from '@mintmark/token'
import type { Context, World } from '../context.ts'
import type { Db } from '../database/database.ts'
import { newId } from '../ids.ts'
import { cancelCodesOf } from './authorizations/cancel-codes.ts'
import { hashOfSecret } from './secret-hash.ts'
import {
  endSessionsIn,
  findSessionByHash,
  findSessionsOf,
  insertSession,
  type SessionRow,
  updateSession,
} from './session-store.ts'

export type Session = Omit<SessionRow, 'hash'>

const secretBytes = 32
const seenMilliseconds = 60_000

interface Coming {
  readonly userId: string
  readonly address: string
  /** What the browser says it is. */
  readonly client: string
  readonly linkId: string | null
}

export async function createSession(
  { db, world }: Pick<Context, 'db' | 'world'>,
  { userId, address, client, linkId }: Coming,
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
    expiresAt: later(world, limits.sessionHoursMax),
    endedAt: null,
  }
  await insertSession(db, { ...session, hash }, later(world, -limits.sessionHoursMax))
  return { session, secret }
}

/** The live session of a cookie. */
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

/** Whether it is time to write down that it is in use. */
export const isDueForTouch = ({ seenAt }: Session, world: World): boolean =>
  world.now().getTime() - Date.parse(seenAt) > seenMilliseconds

export async function touchSession(db: Db, world: World, { id }: Session, address: string): Promise<void> {
  await updateSession(db, id, { seenAt: world.now().toISOString(), address })
}

/** Proven anew: under a new secret, and free of the link that it may have begun with. */
export async function renewSession({ db, world }: Pick<Context, 'db' | 'world'>, session: Session) {
  const { secret, hash } = newSecret(world)
  const now = world.now().toISOString()
  const change = { authenticatedAt: now, seenAt: now, linkId: null }
  await updateSession(db, session.id, { hash, ...change })
  return { session: { ...session, ...change }, secret }
}

export const sessionsOf = (db: Db, world: World, userId: string): Promise<Session[]> =>
  findSessionsOf(db, userId, idleSince(world), world.now().toISOString())

export async function endSession(
  { db, world }: Pick<Context, 'db' | 'world'>,
  { id, userId }: Pick<Session, 'id' | 'userId'>,
): Promise<void> {
  await cancelCodesOf(db, userId)
  await updateSession(db, id, { endedAt: world.now().toISOString() })
}

/** Also the codes that one of them agreed to, or who was signed out would have a token a moment later. */
export async function endSessionsOf(
  { db, world }: Pick<Context, 'db' | 'world'>,
  userId: string,
  but: string | null = null,
): Promise<number> {
  await cancelCodesOf(db, userId)
  return endSessionsIn(db, userId, but, world.now().toISOString())
}

function newSecret(world: World): { secret: Secret; hash: Uint8Array } {
  const text = Buffer.from(world.random(secretBytes)).toString('base64url')
  return { secret: new Secret(text), hash: hashOfSecret(text) }
}

const idleSince = (world: World): string => later(world, -limits.sessionIdleHoursMax)

const later = (world: World, hours: number): string => new Date(world.now().getTime() + hours * 3_600_000).toISOString()
