/** Composes the services of the sign-in endpoints: sessions, sign-in methods, invitations, consent. */
import { limits } from '@mintmark/contract'
import type { World } from './context.ts'
import type { Database } from './database/database.ts'
import { limitAttempts, limitEach } from './http/attempt-limit.ts'
import { authenticateSessions, type SessionAuthenticator } from './http/authenticate-sessions.ts'
import type { Services } from './http/callers.ts'
import type { SendMail } from './outbound/mail.ts'
import { countAttempts } from './sign-in/attempts.ts'
import { countFailures } from './sign-in/failures.ts'
import type { InvitationServices } from './sign-in/links/invitation-endpoints.ts'
import { findLiveSession } from './sign-in/live-session.ts'
import type { MethodServices } from './sign-in/methods/method-endpoints.ts'
import type { LiveReplica } from './verdicts/live-replica.ts'
import { type Verifier, verifyOwner } from './verdicts/verify-token.ts'

interface SessionDependencies {
  readonly database: Database
  readonly world: World
  readonly replica: LiveReplica
  readonly verifier: Verifier
}

export function openSessions({ database, world, replica, verifier }: SessionDependencies): SessionAuthenticator {
  const live = {
    database,
    world,
    verifyOwner: (id: string, address: string) => verifyOwner(verifier, id, address),
    ownerOf: (id: string) => replica.owner(id),
  }
  return authenticateSessions({ world, replica, find: (secret, address) => findLiveSession(live, secret, address) })
}

interface SignInDependencies {
  readonly replica: LiveReplica
  readonly mail: SendMail | null
  readonly limitIpv6Prefix?: number | undefined
}

/** Includes the counter of failed sign-ins, which must be flushed periodically. */
export function openSignIn(
  { jsonApi, baseContext }: Services,
  { replica, mail, limitIpv6Prefix }: SignInDependencies,
): MethodServices & InvitationServices {
  const { world } = baseContext
  const accountsOf = (user: string) => replica.owner(user)?.accounts ?? []
  return {
    database: jsonApi.database,
    baseContext,
    attempts: countAttempts(world, limitIpv6Prefix),
    failures: countFailures(jsonApi.database, world, accountsOf),
    accountsOf,
    afterWrite: jsonApi.afterWrite,
    mail,
    perInviter: limitEach(world, limits.invitationsPerMinute),
    passwordLimits: {
      perSession: limitEach(world, limits.passwordChecksPerMinute),
      perAddress: limitAttempts(world, 4 * limits.passwordChecksPerMinute),
    },
  }
}
