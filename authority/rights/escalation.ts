/**
 * "May this token give that, or take it away?" The one answer that every escalation check uses. It looks at what the
 * calling token may do, never at what its owner may do: a narrowed token is less than its owner, also towards itself.
 */
import { coversRights, type Grant, type Rights } from '@mintmark/token'
import { type Context, Refusal } from '../context.ts'
import { findGrantsAndPromises, permissionsOfRoles, policiesOfTeams } from './rights-view.ts'

export type SubjectKind = 'user' | 'service-account'

export function assertNoEscalation(context: Context, wanted: Rights): void {
  if (coversRights(context.actor.rights, wanted)) return
  throw new Refusal('grants-more-than-held', { detail: 'This would give more than you hold yourself.' })
}

/** To remove, deactivate or strip somebody takes all the rights that would be lost. */
export function assertMayRemoveFrom(context: Context, lost: Rights): void {
  if (coversRights(context.actor.rights, lost)) return
  throw new Refusal('grants-more-than-held', { detail: 'This would take away more than you hold yourself.' })
}

/** Whoever acts for a subject, or changes who can, must hold all that the subject holds or is promised. */
export async function assertNoEscalationTo(context: Context, kind: SubjectKind, id: string): Promise<void> {
  if (isWholeSelf(context, id)) return
  assertNoEscalation(context, { grants: await findGrantsAndPromises(context.db, kind, id) })
}

/** What a person holds or is promised in one account. */
export async function assertNoEscalationInAccount(context: Context, accountId: string, userId: string): Promise<void> {
  const grants = await findGrantsAndPromises(context.db, 'user', userId)
  assertNoEscalation(context, { grants: grants.filter(({ scope }) => scope.account === accountId) })
}

/** The same for whoever stops a subject. */
export async function assertMayRemoveRightsOf(context: Context, kind: SubjectKind, id: string): Promise<void> {
  if (isWholeSelf(context, id)) return
  assertMayRemoveFrom(context, { grants: await findGrantsAndPromises(context.db, kind, id) })
}

/** Only a token that is not narrowed is as much as its owner. */
const isWholeSelf = ({ actor }: Context, id: string): boolean => id === actor.id && !actor.rights.narrowing

export async function assertNoEscalationByRoles(
  context: Context,
  roles: readonly string[],
  scope: Grant['scope'],
): Promise<void> {
  assertNoEscalation(context, await rightsOfRoles(context, roles, scope))
}

export async function assertMayRemoveRoles(
  context: Context,
  roles: readonly string[],
  scope: Grant['scope'],
): Promise<void> {
  assertMayRemoveFrom(context, await rightsOfRoles(context, roles, scope))
}

async function rightsOfRoles({ db }: Context, roles: readonly string[], scope: Grant['scope']): Promise<Rights> {
  return { grants: [{ scope, permissions: await permissionsOfRoles(db, roles) }] }
}

/** Joining a team gives what the team was given. */
export async function assertNoEscalationByTeams(context: Context, teams: readonly string[]): Promise<void> {
  assertNoEscalation(context, { grants: await policiesOfTeams(context.db, teams) })
}

/** Leaving a team, or its end, takes that away. */
export async function assertMayRemoveTeams(context: Context, teams: readonly string[]): Promise<void> {
  assertMayRemoveFrom(context, { grants: await policiesOfTeams(context.db, teams) })
}
