/**
 * The caller as of the transaction that is about to grant something. The replica, from which requests are authenticated, may be
 * older than that, so a token or right that was withdrawn in between would count once more.
 */
import type { Grant, Narrowing } from '@mintmark/token'
import { type Actor, Refusal } from '../context.ts'
import type { Db } from '../database/database.ts'
import { together } from '../database/sharing/shared-writes.ts'
import { grantsWithin } from './accounts-in.ts'
import { type CallingToken, findActiveUsers, findCallingTokens, findGrantsOfEach } from './rights-view.ts'

/** Returns the actor with the rights that it has now. Throws a refusal if its token or its owner is no longer valid. */
export function currentActor(db: Db, actor: Actor, now: Date): Promise<Actor> {
  return together(db, currentActor, actor, (actors) => currentActors(db, actors, now.toISOString()))
}

async function currentActors(db: Db, actors: readonly Actor[], now: string): Promise<(Actor | Refusal)[]> {
  const tokens = await findCallingTokens(db, [...new Set(actors.map(({ tokenId }) => tokenId).filter(Boolean))])
  const sessions = actors.filter(({ tokenId }) => tokenId === '')
  const users = await findActiveUsers(db, [...new Set(sessions.map(({ id }) => id))])
  const grants = await findGrantsOfEach(
    db,
    actors.flatMap(({ kind, id }) => (kind === 'system' ? [] : [{ kind, id }])),
  )
  return actors.map((actor) => {
    const token = tokens.get(actor.tokenId)
    const isActive = token ? token.isOwnerActive : actor.tokenId !== '' || users.has(actor.id)
    if (!isActive) return new Refusal('owner-inactive', { detail: 'You are not active any more.' })
    if (actor.tokenId === '') return withRights(actor, grants, null)
    if (!token || token.isRevoked) return new Refusal('token-revoked', { detail: 'This token was revoked.' })
    if (token.expiresAt !== null && token.expiresAt <= now)
      return new Refusal('token-expired', { detail: 'This token has expired.' })
    return withRights(actor, grants, token)
  })
}

function withRights(actor: Actor, grants: ReadonlyMap<string, Grant[]>, token: CallingToken | null): Actor {
  const reachable = grantsWithin(grants.get(actor.id) ?? [], actor.accounts)
  const narrowing: Narrowing | null = token?.narrowing ?? null
  return { ...actor, rights: { grants: reachable, narrowing } }
}
