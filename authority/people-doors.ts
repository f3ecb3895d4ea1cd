/** Puts together what stands behind the doors for people: sessions, ways in, invitations, consent. */
import type { World } from './context.ts'
import type { Database } from './database/database.ts'
import { mountAuthorizations } from './http/authorization-routes.ts'
import { mountInvitations, mountMethods } from './http/method-routes.ts'
import { mountRights } from './http/rights-route.ts'
import type { Doors } from './http/routes.ts'
import { type SessionDoor, sessionDoor } from './http/session-door.ts'
import { mountSignIn } from './http/sign-in-routes.ts'
import type { SendMail } from './outbound/mail.ts'
import { countAttempts } from './sign-in/attempts.ts'
import { countFailures, type Failures } from './sign-in/failures.ts'
import { findLive } from './sign-in/live-session.ts'
import { type Judging, judgeOwner } from './verdicts/judge.ts'
import type { Knowledge } from './verdicts/knowledge.ts'

interface Behind {
  readonly database: Database
  readonly world: World
  readonly knowledge: Knowledge
  readonly judging: Judging
}

export function sessionsOver({ database, world, knowledge, judging }: Behind): SessionDoor {
  const live = {
    database,
    world,
    judgeOwner: (id: string, address: string) => judgeOwner(judging, id, address),
    ownerOf: (id: string) => knowledge.owner(id),
  }
  return sessionDoor({ world, knowledge, find: (secret, address) => findLive(live, secret, address) })
}

interface People {
  readonly knowledge: Knowledge
  readonly mail: SendMail | null
  readonly limitIpv6Prefix?: number | undefined
}

/** Returns the counter of failed sign-ins, which is to be written now and then. */
export function mountPeople(
  server: Parameters<typeof mountSignIn>[0],
  doors: Doors,
  { knowledge, mail, limitIpv6Prefix }: People,
): Failures {
  const { dialect, sessions, bare, door } = doors
  const accountsOf = (user: string) => knowledge.owner(user)?.accounts ?? []
  const failures = countFailures(dialect.database, bare.world, accountsOf)
  const signIn = {
    sessions,
    behind: {
      database: dialect.database,
      bare,
      attempts: countAttempts(bare.world, limitIpv6Prefix),
      failures,
      accountsOf,
      afterDeed: dialect.afterDeed,
    },
  }
  mountSignIn(server, signIn)
  mountMethods(server, signIn)
  mountRights(server, sessions)
  mountInvitations(server, doors, signIn, mail)
  mountAuthorizations(server, signIn, door.limit)
  return failures
}
