/**
 * "May this token give that, or take it away?" The one answer that every escalation check uses. It looks at what the
 * calling token may do, never at what its owner may do: a narrowed token is less than its owner, also towards itself.
 */
import { coversRights, type Grant, type Rights } from '@mintmark/token'
import { type Context, Refusal } from '../context.ts'
import { findGrantsAndPromises, permissionsOfRoles, policiesOfTeams } from './rights-shelf.ts'

export type SubjectKind = 'user' | 'service-account'

export function refuseRaise(context: Context, wanted: Rights): void {
  if (coversRights(context.actor.rights, wanted)) return
  throw new Refusal('grants-more-than-held', { detail: 'This would give more than you hold yourself.' })
}

/** To remove, deactivate or strip somebody takes all the rights that would be lost. */
export function refuseRemovalByLess(context: Context, lost: Rights): void {
  if (coversRights(context.actor.rights, lost)) return
  throw new Refusal('grants-more-than-held', { detail: 'This would take away more than you hold yourself.' })
}

/** Whoever acts for a subject, or changes who can, must hold all that the subject holds or is promised. */
export async function refuseRaiseTo(context: Context, kind: SubjectKind, id: string): Promise<void> {
  if (isWholeSelf(context, id)) return
  refuseRaise(context, { grants: await findGrantsAndPromises(context.db, kind, id) })
}

/** What a person holds or is promised in one account. */
export async function refuseRaiseInAccount(context: Context, accountId: string, userId: string): Promise<void> {
  const grants = await findGrantsAndPromises(context.db, 'user', userId)
  refuseRaise(context, { grants: grants.filter(({ scope }) => scope.account === accountId) })
}

/** The same for whoever stops a subject. */
export async function refuseRemovalOf(context: Context, kind: SubjectKind, id: string): Promise<void> {
  if (isWholeSelf(context, id)) return
  refuseRemovalByLess(context, { grants: await findGrantsAndPromises(context.db, kind, id) })
}

/** Only a token that is not narrowed is as much as its owner. */
const isWholeSelf = ({ actor }: Context, id: string): boolean => id === actor.id && !actor.rights.narrowing

export async function refuseRaiseByRoles(
  context: Context,
  roles: readonly string[],
  scope: Grant['scope'],
): Promise<void> {
  refuseRaise(context, await rightsOfRoles(context, roles, scope))
}

export async function refuseRemovalOfRoles(
  context: Context,
  roles: readonly string[],
  scope: Grant['scope'],
): Promise<void> {
  refuseRemovalByLess(context, await rightsOfRoles(context, roles, scope))
}

async function rightsOfRoles({ db }: Context, roles: readonly string[], scope: Grant['scope']): Promise<Rights> {
  return { grants: [{ scope, permissions: await permissionsOfRoles(db, roles) }] }
}

/** Joining a team gives what the team was given. */
export async function refuseRaiseByTeams(context: Context, teams: readonly string[]): Promise<void> {
  refuseRaise(context, { grants: await policiesOfTeams(context.db, teams) })
}

/** Leaving a team, or its end, takes that away. */
export async function refuseRemovalOfTeams(context: Context, teams: readonly string[]): Promise<void> {
  refuseRemovalByLess(context, { grants: await policiesOfTeams(context.db, teams) })
}
