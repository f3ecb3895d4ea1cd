/** Puts together what stands behind the doors for people: sessions, ways in, invitations, consent. */
import type { World } from './context.ts'
import type { Database } from './database/database.ts'
import { authenticateSessions, type SessionAuthenticator } from './http/authenticate-sessions.ts'
import { mountAuthorizations } from './http/routes/authorization-routes.ts'
import { mountInvitations, mountMethods } from './http/routes/method-routes.ts'
import { mountRights } from './http/routes/rights-route.ts'
import type { Services } from './http/routes/routes.ts'
import { mountSignIn } from './http/routes/sign-in-routes.ts'
import type { SendMail } from './outbound/mail.ts'
import { countAttempts } from './sign-in/attempts.ts'
import { countFailures, type Failures } from './sign-in/failures.ts'
import { findLiveSession } from './sign-in/live-session.ts'
import type { LiveReplica } from './verdicts/live-replica.ts'
import { type Verifier, verifyOwner } from './verdicts/verify-token.ts'

interface Behind {
  readonly database: Database
  readonly world: World
  readonly replica: LiveReplica
  readonly verifier: Verifier
}

export function openSessions({ database, world, replica, verifier }: Behind): SessionAuthenticator {
  const live = {
    database,
    world,
    verifyOwner: (id: string, address: string) => verifyOwner(verifier, id, address),
    ownerOf: (id: string) => replica.owner(id),
  }
  return authenticateSessions({ world, replica, find: (secret, address) => findLiveSession(live, secret, address) })
}

interface People {
  readonly replica: LiveReplica
  readonly mail: SendMail | null
  readonly limitIpv6Prefix?: number | undefined
}

/** Returns the counter of failed sign-ins, which is to be written now and then. */
export function mountSignInRoutes(
  server: Parameters<typeof mountSignIn>[0],
  routes: Services,
  { replica, mail, limitIpv6Prefix }: People,
): Failures {
  const { jsonApi, sessions, baseContext, authenticator } = routes
  const accountsOf = (user: string) => replica.owner(user)?.accounts ?? []
  const failures = countFailures(jsonApi.database, baseContext.world, accountsOf)
  const signIn = {
    sessions,
    services: {
      database: jsonApi.database,
      baseContext,
      attempts: countAttempts(baseContext.world, limitIpv6Prefix),
      failures,
      accountsOf,
      afterWrite: jsonApi.afterWrite,
    },
  }
  mountSignIn(server, signIn)
  mountMethods(server, signIn)
  mountRights(server, sessions)
  mountInvitations(server, routes, signIn, mail)
  mountAuthorizations(server, signIn, authenticator.limit)
  return failures
}
