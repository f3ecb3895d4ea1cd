/**
 * Stores who vouches for the members of accounts: the person who admitted a member could have chosen the member's first
 * credential.
 */
import type { Grant } from '@mintmark/token'
import { sql } from 'kysely'
import type { Db } from '../database/database.ts'
import type { Voucher } from './creator.ts'

interface Member extends Voucher {
  readonly userId: string
}

interface Row extends Member {
  readonly accountId: string
  readonly environmentId: string | null
  readonly workspaceId: string | null
}

/** Members that get a policy, or the policies with a role, directly or through a team: one per voucher and scope. */
export async function findReachedMembers(
  db: Db,
  by: { policy: string } | { role: string },
): Promise<(Member & { readonly scope: Grant['scope'] })[]> {
  const meant =
    'policy' in by
      ? sql`p.id = ${by.policy}`
      : sql`p.id in (select access_policy_id from access_policy_roles where role_id = ${by.role})`
  const { rows } = await sql<Row>`
    select m.vouched_by_id, m.vouched_token_id, p.account_id, p.environment_id, p.workspace_id, min(m.user_id) as user_id
      from (select p.account_id, p.environment_id, p.workspace_id, p.user_id from access_policies p where ${meant}
            union all
            select p.account_id, p.environment_id, p.workspace_id, t.user_id
              from access_policies p join team_users t on t.team_id = p.team_id where ${meant}) p
      join account_users m on m.account_id = p.account_id and m.user_id = p.user_id
     where m.vouched_by_id is not null
     group by m.vouched_by_id, m.vouched_token_id, p.account_id, p.environment_id, p.workspace_id`.execute(db)
  return rows.map(({ userId, vouchedById, vouchedTokenId, accountId, environmentId, workspaceId }) => ({
    userId,
    vouchedById,
    vouchedTokenId,
    scope: { account: accountId, environment: environmentId, workspace: workspaceId },
  }))
}

/** Returns one of these users per voucher. */
export async function findVouchedMembers(db: Db, accountId: string, users: readonly string[]): Promise<Member[]> {
  if (users.length === 0) return []
  return db
    .selectFrom('accountUsers')
    .select(['vouchedById', 'vouchedTokenId', (of) => of.fn.min('userId').as('userId')])
    .where('accountId', '=', accountId)
    .where('userId', 'in', users)
    .where('vouchedById', 'is not', null)
    .groupBy(['vouchedById', 'vouchedTokenId'])
    .execute()
}

/** Sets the voucher in one account, or in all accounts of the user if `accountId` is null. */
export async function setMemberVoucher(
  db: Db,
  { accountId, userId }: { accountId: string | null; userId: string },
  voucher: Voucher,
): Promise<void> {
  await db
    .updateTable('accountUsers')
    .set(voucher)
    .where('userId', '=', userId)
    .$if(accountId !== null, (update) => update.where('accountId', '=', accountId as string))
    .execute()
}
