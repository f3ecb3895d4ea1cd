/**
 * Whether the calling token may grant or take away rights; used by every escalation check. It compares with the rights of the
 * calling token, never with those of its owner: a narrowed token has less than its owner, even towards itself.
 */
import { coversRights, type Grant, type Rights } from '@mintmark/token'
import { type Context, Refusal } from '../context.ts'
import { findGrantsAndPromises, permissionsOfRoles, policiesOfTeams } from './rights-view.ts'

export type SubjectKind = 'user' | 'service-account'

export function assertNoEscalation(context: Context, wanted: Rights): void {
  if (coversRights(context.actor.rights, wanted)) return
  throw new Refusal('grants-more-than-held', { detail: 'This would grant more than you have.' })
}

/** Removing or deactivating a subject, or reducing its rights, requires all the rights that would be lost. */
export function assertMayRemoveFrom(context: Context, lost: Rights): void {
  if (coversRights(context.actor.rights, lost)) return
  throw new Refusal('grants-more-than-held', { detail: 'This would take away more than you have.' })
}

/** Acting for a subject, or changing who can, requires all rights that the subject has or is promised. */
export async function assertNoEscalationTo(context: Context, kind: SubjectKind, id: string): Promise<void> {
  if (isWholeSelf(context, id)) return
  assertNoEscalation(context, { grants: await findGrantsAndPromises(context.db, kind, id) })
}

/** Requires all rights that a user has or is promised in one account. */
export async function assertNoEscalationInAccount(context: Context, accountId: string, userId: string): Promise<void> {
  const grants = await findGrantsAndPromises(context.db, 'user', userId)
  assertNoEscalation(context, { grants: grants.filter(({ scope }) => scope.account === accountId) })
}

/** Stopping a subject requires all rights that it has or is promised. */
export async function assertMayRemoveRightsOf(context: Context, kind: SubjectKind, id: string): Promise<void> {
  if (isWholeSelf(context, id)) return
  assertMayRemoveFrom(context, { grants: await findGrantsAndPromises(context.db, kind, id) })
}

/** Only a token without narrowing has all rights of its owner. */
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

/** Joining a team grants the policies of the team. */
export async function assertNoEscalationByTeams(context: Context, teams: readonly string[]): Promise<void> {
  assertNoEscalation(context, { grants: await policiesOfTeams(context.db, teams) })
}

/** Leaving or deleting a team takes those policies away. */
export async function assertMayRemoveTeams(context: Context, teams: readonly string[]): Promise<void> {
  assertMayRemoveFrom(context, { grants: await policiesOfTeams(context.db, teams) })
}
