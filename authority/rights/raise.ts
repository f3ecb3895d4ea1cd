/** Nobody grants what they do not hold. */
import { coversRights, type Grant, type Rights } from '@mintmark/token'
import { type Context, Refusal } from '../context.ts'
import { findGrants, permissionsOfRoles, policiesOfTeams } from './rights-shelf.ts'

export function refuseRaise(context: Context, wanted: Rights): void {
  if (coversRights(context.actor.rights, wanted)) return
  throw new Refusal('grants-more-than-held', { detail: 'This would give more than you hold yourself.' })
}

/** Whoever acts for a subject, or changes who can, must hold all that the subject holds. */
export async function refuseRaiseTo(context: Context, kind: 'user' | 'service-account', id: string): Promise<void> {
  if (id === context.actor.id) return
  refuseRaise(context, { grants: await findGrants(context.db, kind, id) })
}

export async function refuseRaiseByRoles(
  context: Context,
  roles: readonly string[],
  scope: Grant['scope'],
): Promise<void> {
  refuseRaise(context, { grants: [{ scope, permissions: await permissionsOfRoles(context.db, roles) }] })
}

/** Joining a team gives what the team was given. */
export async function refuseRaiseByTeams(context: Context, teams: readonly string[]): Promise<void> {
  refuseRaise(context, { grants: await policiesOfTeams(context.db, teams) })
}
