/** The credentials of service accounts that rights reach, by who vouches for them. */
import type { Grant } from '@mintmark/token'
import { sql } from 'kysely'
import type { Db } from '../database/database.ts'

export interface Reached {
  readonly serviceAccountId: string
  readonly vouchedById: string | null
  readonly vouchedTokenId: string | null
  /** One of the credentials, a token or an assume policy. */
  readonly example: string
  readonly credentials: number
  readonly scope: Grant['scope']
}

/** Of the service accounts that hold one policy, or one role. Grouped, for one may have very many tokens. */
export async function findReached(db: Db, by: { policy: string } | { role: string }, now: string): Promise<Reached[]> {
  const policies =
    'policy' in by
      ? sql`p.id = ${by.policy}`
      : sql`p.id in (select access_policy_id from access_policy_roles where role_id = ${by.role})`
  const { rows } = await sql<{
    serviceAccountId: string
    vouchedById: string | null
    vouchedTokenId: string | null
    example: string
    credentials: number | string
    accountId: string
    environmentId: string | null
    workspaceId: string | null
  }>`
    select p.service_account_id, c.vouched_by_id, c.vouched_token_id, p.account_id, p.environment_id, p.workspace_id,
           min(c.id) as example, count(*) as credentials
      from access_policies p
      join (select id, owner_id as service_account_id, vouched_by_id, vouched_token_id from access_tokens
             where revoked_at is null and owner_kind = 'service-account' and (expires_at is null or expires_at > ${now})
            union all
            select id, service_account_id, vouched_by_id, vouched_token_id from assume_policies) c
        on c.service_account_id = p.service_account_id
     where ${policies}
     group by p.service_account_id, c.vouched_by_id, c.vouched_token_id, p.account_id, p.environment_id, p.workspace_id
     order by p.service_account_id, example`.execute(db)
  return rows.map(({ accountId, environmentId, workspaceId, credentials, ...row }) => ({
    ...row,
    credentials: Number(credentials),
    scope: { account: accountId, environment: environmentId, workspace: workspaceId },
  }))
}

/** Makes somebody the voucher of every credential that a service account has now. */
export async function vouchForAll(
  db: Db,
  serviceAccountId: string,
  voucher: Pick<Reached, 'vouchedById' | 'vouchedTokenId'>,
): Promise<void> {
  await db
    .updateTable('accessTokens')
    .set(voucher)
    .where('ownerId', '=', serviceAccountId)
    .where('revokedAt', 'is', null)
    .execute()
  await db.updateTable('assumePolicies').set(voucher).where('serviceAccountId', '=', serviceAccountId).execute()
}
