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
  return (await findGrantsOfEach(db, [{ kind, id }])).get(id) ?? []
}

/** Also includes, for a user, grants in accounts whose invitation is pending. */
export async function findGrantsAndPromises(db: Db, kind: OwnerKind, id: string): Promise<Grant[]> {
  return grantsIn(await grantRows(db, policiesOf([{ kind, id }]), sql`1 = 1`))
}

type Subject = { readonly kind: OwnerKind; readonly id: string }

/** The grants of each subject by its id. A subject without grants is left out. */
export async function findGrantsOfEach(db: Db, subjects: readonly Subject[]): Promise<ReadonlyMap<string, Grant[]>> {
  const isMember = sql`(p.service_account_id is not null or exists (
    select 1 from account_users m where m.user_id = s.subject and m.account_id = p.account_id))`
  const bySubject = Map.groupBy(await grantRows(db, policiesOf(subjects), isMember), ({ subject }) => subject)
  return new Map([...bySubject].map(([subject, rows]) => [subject, grantsIn(rows)]))
}

/** The policies of subjects as queries of `subject` and `policy`, each of which uses an index. */
function policiesOf(subjects: readonly Subject[]): RawBuilder<unknown>[] {
  const idsOf = (wanted: OwnerKind) => [...new Set(subjects.filter(({ kind }) => kind === wanted).map(({ id }) => id))]
  const services = idsOf('service-account')
  const users = idsOf('user')
  const own = (column: string, ids: readonly string[]) =>
    sql`select ${sql.raw(column)} as subject, id as policy from access_policies where ${sql.raw(column)} in (${sql.join(ids)})`
  return [
    ...(services.length > 0 ? [own('service_account_id', services)] : []),
    ...(users.length > 0
      ? [
          own('user_id', users),
          sql`select tu.user_id, tp.id from team_users tu join access_policies tp on tp.team_id = tu.team_id
               where tu.user_id in (${sql.join(users)})`,
        ]
      : []),
  ]
}

interface GrantRow {
  readonly subject: string
  readonly id: string
  readonly accountId: string
  readonly environmentId: string | null
  readonly workspaceId: string | null
  readonly permission: string
}

async function grantRows(
  db: Db,
  policies: readonly RawBuilder<unknown>[],
  where: RawBuilder<unknown>,
): Promise<readonly GrantRow[]> {
  if (policies.length === 0) return []
  const { rows } = await sql<GrantRow>`
    select s.subject, p.id, p.account_id, p.environment_id, p.workspace_id, rp.permission
      from (${sql.join(policies, sql` union all `)}) s
      join access_policies p on p.id = s.policy
      join access_policy_roles pr on pr.access_policy_id = p.id
      join role_permissions rp on rp.role_id = pr.role_id
     where ${where}`.execute(db)
  return rows
}

function grantsIn(rows: readonly GrantRow[]): Grant[] {
  const grants = new Map<string, { scope: ScopePath; permissions: string[] }>()
  for (const row of rows) {
    const scope = { account: row.accountId, environment: row.environmentId, workspace: row.workspaceId }
    const grant = grants.get(row.id) ?? { scope, permissions: [] }
    grant.permissions.push(row.permission)
    grants.set(row.id, grant)
  }
  return [...grants.values()]
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
  const token = (await findCallingTokens(db, [tokenId])).get(tokenId)
  return token?.isRevoked ? undefined : token
}

export interface CallingToken {
  readonly narrowing: Narrowing | null
  /** Also if a pending revocation includes it. */
  readonly isRevoked: boolean
  readonly isOwnerActive: boolean
  readonly expiresAt: string | null
}

interface CallingTokenRow {
  readonly id: string
  readonly permissions: string | null
  readonly scopes: string | null
  readonly expiresAt: string | null
  readonly isRevoked: number
  readonly isOwnerActive: number
}

/** Returns tokens by id. Scopes that no longer exist allow nothing. */
export async function findCallingTokens(db: Db, ids: readonly string[]): Promise<ReadonlyMap<string, CallingToken>> {
  if (ids.length === 0) return new Map()
  const { rows: tokens } = await sql<CallingTokenRow>`
    select t.id, t.permissions, t.scopes, t.expires_at, case when t.revoked_at is not null or exists (
        select 1 from pending_revocations p
         where p.owner_id = t.owner_id and p.created_until >= t.created_at and coalesce(p.spared_token_id, '') <> t.id
      ) then 1 else 0 end as is_revoked,
      case when t.owner_kind = 'agent-pool'
          or exists (select 1 from users u where u.id = t.owner_id and u.status = 'Active')
          or exists (select 1 from service_accounts s where s.id = t.owner_id and s.status = 'Active')
        then 1 else 0 end as is_owner_active
      from access_tokens t where t.id in (${sql.join(ids)})`.execute(db)
  const listOf = (text: string | null) => (text === null ? null : (JSON.parse(text) as string[]))
  const paths = await scopePaths(db, [...new Set(tokens.flatMap(({ scopes }) => listOf(scopes) ?? []))])
  return new Map(
    tokens.map(({ id, permissions, scopes, expiresAt, ...is }) => {
      const within = listOf(scopes)
      const narrowing = {
        permissions: listOf(permissions),
        scopes: within && paths.filter((path) => within.includes(idOfPath(path))),
      }
      const isNarrowed = permissions !== null || scopes !== null
      return [
        id,
        {
          narrowing: isNarrowed ? narrowing : null,
          isRevoked: is.isRevoked === 1,
          isOwnerActive: is.isOwnerActive === 1,
          expiresAt,
        },
      ]
    }),
  )
}

export const idOfPath = ({ account, environment, workspace }: ScopePath): string => workspace ?? environment ?? account

/** Returns those of the users that exist and are Active. */
export async function findActiveUsers(db: Db, ids: readonly string[]): Promise<ReadonlySet<string>> {
  if (ids.length === 0) return new Set()
  const users = db.selectFrom('users').select('id').where('id', 'in', ids).where('status', '=', 'Active')
  return new Set((await users.execute()).map(({ id }) => id))
}
