import type { Grant } from '@mintmark/token'
import type { Db } from '../database/database.ts'

export async function permissionsOfRoles(db: Db, roles: readonly string[]): Promise<string[]> {
  if (roles.length === 0) return []
  const rows = await db
    .selectFrom('rolePermissions')
    .select('permission')
    .distinct()
    .where('roleId', 'in', roles)
    .execute()
  return rows.map(({ permission }) => permission)
}

export async function policiesOfTeams(db: Db, teams: readonly string[]): Promise<Grant[]> {
  if (teams.length === 0) return []
  const rows = await db
    .selectFrom('accessPolicies as p')
    .innerJoin('accessPolicyRoles as pr', 'pr.accessPolicyId', 'p.id')
    .innerJoin('rolePermissions as rp', 'rp.roleId', 'pr.roleId')
    .select(['p.accountId', 'p.environmentId', 'p.workspaceId', 'rp.permission'])
    .where('p.teamId', 'in', teams)
    .execute()
  return rows.map(({ accountId, environmentId, workspaceId, permission }) => ({
    scope: { account: accountId, environment: environmentId, workspace: workspaceId },
    permissions: [permission],
  }))
}

/** Where a role is in force. */
export async function scopesOfRole(db: Db, role: string): Promise<Grant['scope'][]> {
  const rows = await db
    .selectFrom('accessPolicies as p')
    .innerJoin('accessPolicyRoles as pr', 'pr.accessPolicyId', 'p.id')
    .select(['p.accountId', 'p.environmentId', 'p.workspaceId'])
    .where('pr.roleId', '=', role)
    .execute()
  return rows.map(({ accountId, environmentId, workspaceId }) => ({
    account: accountId,
    environment: environmentId,
    workspace: workspaceId,
  }))
}
