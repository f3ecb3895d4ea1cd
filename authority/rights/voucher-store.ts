/** Finds the credentials of service accounts by who vouches for them. */
import type { Grant } from '@mintmark/token'
import { sql } from 'kysely'
import type { Db } from '../database/database.ts'
import type { Voucher } from './creator.ts'

/** A service account that has a policy. */
export interface ReachedServiceAccount {
  readonly serviceAccountId: string
  readonly scope: Grant['scope']
  /** The subject that confirmed the tokens created before `confirmedAt`. */
  readonly confirmer: Voucher
  readonly confirmedAt: string | null
}

/** The service accounts that have a policy, or a policy with a role. */
export async function findReachedServiceAccounts(
  db: Db,
  by: { policy: string } | { role: string },
): Promise<ReachedServiceAccount[]> {
  const rows = await db
    .selectFrom('accessPolicies as p')
    .innerJoin('serviceAccounts as s', 's.id', 'p.serviceAccountId')
    .select(['s.id', 's.confirmedAt', 's.confirmedById', 's.confirmedTokenId'])
    .select(['p.accountId', 'p.environmentId', 'p.workspaceId'])
    .where((of) =>
      'policy' in by
        ? of('p.id', '=', by.policy)
        : of('p.id', 'in', of.selectFrom('accessPolicyRoles').select('accessPolicyId').where('roleId', '=', by.role)),
    )
    .execute()
  return rows.map((row) => ({
    serviceAccountId: row.id,
    scope: { account: row.accountId, environment: row.environmentId, workspace: row.workspaceId },
    confirmer: { vouchedById: row.confirmedById, vouchedTokenId: row.confirmedTokenId },
    confirmedAt: row.confirmedAt,
  }))
}

/** The vouchers of live tokens and assume policies. Uses only an index: a service account may have very many tokens. */
export async function findVouchers(db: Db, serviceAccountId: string): Promise<Voucher[]> {
  const ofTokens = db
    .selectFrom('accessTokens')
    .select(['vouchedById', 'vouchedTokenId'])
    .where('ownerId', '=', serviceAccountId)
    .where('ownerKind', '=', 'service-account')
    .where('revokedAt', 'is', null)
  const ofPolicies = db
    .selectFrom('assumePolicies')
    .select(['vouchedById', 'vouchedTokenId'])
    .where('serviceAccountId', '=', serviceAccountId)
  return ofTokens.union(ofPolicies).execute()
}

/** Finds an assume policy or an unexpired token, created at `since` or later, with this voucher. */
export async function findCredential(
  db: Db,
  serviceAccountId: string,
  { vouchedById, vouchedTokenId }: Voucher,
  { now, since }: { now: string; since: string | null },
): Promise<string | undefined> {
  const by = sql<boolean>`${same('vouched_by_id', vouchedById)} and ${same('vouched_token_id', vouchedTokenId)}`
  const token = await db
    .selectFrom('accessTokens')
    .select('id')
    .where('ownerId', '=', serviceAccountId)
    .where('ownerKind', '=', 'service-account')
    .where('revokedAt', 'is', null)
    .where(by)
    .where((of) => of.or([of('expiresAt', 'is', null), of('expiresAt', '>', now)]))
    .where('createdAt', '>=', since ?? '')
    .limit(1)
    .executeTakeFirst()
  if (token) return token.id
  const policy = await db
    .selectFrom('assumePolicies')
    .select('id')
    .where('serviceAccountId', '=', serviceAccountId)
    .where(by)
    .limit(1)
    .executeTakeFirst()
  return policy?.id
}

const same = (column: string, value: string | null) =>
  value === null ? sql`${sql.ref(column)} is null` : sql`${sql.ref(column)} = ${value}`

/** Vouches for all current credentials. Tokens do not change, so a time is enough for them. */
export async function confirmAll(db: Db, serviceAccountId: string, voucher: Voucher, at: string): Promise<void> {
  await db
    .updateTable('serviceAccounts')
    .set({ confirmedAt: at, confirmedById: voucher.vouchedById, confirmedTokenId: voucher.vouchedTokenId })
    .where('id', '=', serviceAccountId)
    .execute()
  await db.updateTable('assumePolicies').set(voucher).where('serviceAccountId', '=', serviceAccountId).execute()
}
