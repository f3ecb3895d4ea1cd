/** Reads policies, roles and scopes as rights. */
import type { Grant, Narrowing, ScopePath } from '@mintmark/token'
import { type RawBuilder, sql } from 'kysely'
import type { OwnerKind } from '../context.ts'
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

/** The scopes of the policies that contain a role. */
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

/** The grants of a subject's own policies and those of its teams, one per policy. */
export async function findGrants(db: Db, kind: OwnerKind, id: string): Promise<Grant[]> {
  if (kind === 'agent-pool') return []
  if (kind === 'service-account') return grantsWhere(db, sql`p.service_account_id = ${id}`)
  return grantsWhere(
    db,
    sql`${policiesOfUser(id)} and exists (select 1 from account_users m where m.user_id = ${id} and m.account_id = p.account_id)`,
  )
}

/** Also includes, for a user, grants in accounts whose invitation is pending. */
export async function findGrantsAndPromises(db: Db, kind: OwnerKind, id: string): Promise<Grant[]> {
  return kind === 'user' ? grantsWhere(db, policiesOfUser(id)) : findGrants(db, kind, id)
}

const policiesOfUser = (id: string) =>
  sql`(p.user_id = ${id} or p.team_id in (select team_id from team_users where user_id = ${id}))`

async function grantsWhere(db: Db, subject: RawBuilder<unknown>): Promise<Grant[]> {
  const { rows } = await sql<{
    id: string
    accountId: string
    environmentId: string | null
    workspaceId: string | null
    permission: string
  }>`
    select p.id, p.account_id, p.environment_id, p.workspace_id, rp.permission
      from access_policies p
      join access_policy_roles pr on pr.access_policy_id = p.id
      join role_permissions rp on rp.role_id = pr.role_id
     where ${subject}`.execute(db)
  const grants = new Map<string, { scope: ScopePath; permissions: string[] }>()
  for (const row of rows) {
    const scope = { account: row.accountId, environment: row.environmentId, workspace: row.workspaceId }
    const grant = grants.get(row.id) ?? { scope, permissions: [] }
    grant.permissions.push(row.permission)
    grants.set(row.id, grant)
  }
  return [...grants.values()]
}

/** Scopes that no longer exist allow nothing. */
async function narrowingOf(db: Db, permissions: string | null, scopes: string | null): Promise<Narrowing | null> {
  if (permissions === null && scopes === null) return null
  return {
    permissions: permissions === null ? null : (JSON.parse(permissions) as string[]),
    scopes: scopes === null ? null : await scopePaths(db, JSON.parse(scopes) as string[]),
  }
}

/** Returns the paths of accounts, environments and workspaces, in no particular order. Unknown ids are left out. */
export async function scopePaths(db: Db, ids: readonly string[]): Promise<ScopePath[]> {
  if (ids.length === 0) return []
  const accounts = await db.selectFrom('accounts').select('id').where('id', 'in', ids).execute()
  const environments = await db.selectFrom('environments').select(['id', 'accountId']).where('id', 'in', ids).execute()
  const workspaces = await db
    .selectFrom('workspaces')
    .select(['id', 'accountId', 'environmentId'])
    .where('id', 'in', ids)
    .execute()
  return [
    ...accounts.map(({ id }) => ({ account: id })),
    ...environments.map(({ id, accountId }) => ({ account: accountId, environment: id })),
    ...workspaces.map(({ id, accountId, environmentId }) => ({
      account: accountId,
      environment: environmentId,
      workspace: id,
    })),
  ]
}

/** Returns the kind of a subject; undefined if it does not exist or is not Active. */
export async function findActiveSubject(db: Db, id: string): Promise<'user' | 'service-account' | undefined> {
  for (const [table, kind] of [
    ['users', 'user'],
    ['serviceAccounts', 'service-account'],
  ] as const) {
    const row = await db.selectFrom(table).select('status').where('id', '=', id).executeTakeFirst()
    if (row) return row.status === 'Active' ? kind : undefined
  }
  return undefined
}

/** Returns the narrowing of a token; undefined if the token was revoked or deleted. */
export async function findNarrowing(db: Db, tokenId: string): Promise<{ narrowing: Narrowing | null } | undefined> {
  const row = await db
    .selectFrom('accessTokens')
    .select(['permissions', 'scopes'])
    .where('id', '=', tokenId)
    .where('revokedAt', 'is', null)
    .executeTakeFirst()
  return row && { narrowing: await narrowingOf(db, row.permissions, row.scopes) }
}
