import { sql } from 'kysely'
import type { Db } from '../database/database.ts'
import { inSlices } from '../database/in-slices.ts'
import type { Tables } from '../database/schema/tables.ts'
import type { Voucher } from '../rights/creator.ts'

export async function insertProvider(db: Db, row: Tables['workloadIdentityProviders']): Promise<void> {
  await db.insertInto('workloadIdentityProviders').values(row).execute()
}

export async function updateProvider(
  db: Db,
  id: string,
  change: Partial<Tables['workloadIdentityProviders']>,
): Promise<void> {
  if (Object.keys(change).length > 0)
    await db.updateTable('workloadIdentityProviders').set(change).where('id', '=', id).execute()
}

export async function deleteProvider(db: Db, id: string): Promise<void> {
  await db.deleteFrom('workloadIdentityProviders').where('id', '=', id).execute()
}

export async function isUrlTaken(db: Db, accountId: string, url: string): Promise<boolean> {
  return (
    (await db
      .selectFrom('workloadIdentityProviders')
      .select('id')
      .where('accountId', '=', accountId)
      .where('url', '=', url)
      .executeTakeFirst()) !== undefined
  )
}

export async function accountOfProvider(db: Db, id: string): Promise<string | undefined> {
  return (await db.selectFrom('workloadIdentityProviders').select('accountId').where('id', '=', id).executeTakeFirst())
    ?.accountId
}

export async function policiesOfProvider(db: Db, providerId: string): Promise<string[]> {
  const policies = db.selectFrom('assumePolicies').select('id').where('providerId', '=', providerId)
  return (await policies.orderBy('id').execute()).map(({ id }) => id)
}

export async function serviceAccountsTrusting(db: Db, providerId: string): Promise<string[]> {
  const rows = await db
    .selectFrom('assumePolicies')
    .select('serviceAccountId')
    .distinct()
    .where('providerId', '=', providerId)
    .execute()
  return rows.map(({ serviceAccountId }) => serviceAccountId)
}

export async function insertAssumePolicy(db: Db, row: Tables['assumePolicies']): Promise<void> {
  await db.insertInto('assumePolicies').values(row).execute()
}

export async function updateAssumePolicy(db: Db, id: string, change: Partial<Tables['assumePolicies']>): Promise<void> {
  if (Object.keys(change).length > 0) await db.updateTable('assumePolicies').set(change).where('id', '=', id).execute()
}

/** Sets the voucher of all policies of a provider, after the voucher changed its audiences. */
export async function vouchForPolicies(db: Db, providerId: string, voucher: Voucher): Promise<void> {
  await db.updateTable('assumePolicies').set(voucher).where('providerId', '=', providerId).execute()
}

export async function deleteAssumePolicy(db: Db, id: string): Promise<void> {
  await db.deleteFrom('assumePolicies').where('id', '=', id).execute()
}

/** Finds the providers with this issuer in all accounts. */
export function findProviders(db: Db, issuer: string) {
  return db
    .selectFrom('workloadIdentityProviders')
    .select(['id', 'status'])
    .where('url', '=', issuer)
    .orderBy('id')
    .execute()
}

/** Records the use of an ID token. Returns false if it was already used. */
export async function insertUsedIdToken(db: Db, id: string, expiresAt: string): Promise<boolean> {
  const inserted = db.insertInto('usedIdTokens').values({ id, expiresAt })
  const { numInsertedOrUpdatedRows } = await inserted
    .onConflict((conflict) => conflict.doNothing())
    .executeTakeFirstOrThrow()
  return numInsertedOrUpdatedRows === 1n
}

/** Deletes up to `rowsMax` records of ID tokens that have expired. Returns how many. */
export async function deleteUsedIdTokens(db: Db, before: string, rowsMax: number): Promise<number> {
  const old = db.selectFrom('usedIdTokens').select('id').where('expiresAt', '<', before).limit(rowsMax)
  const { numDeletedRows } = await db.deleteFrom('usedIdTokens').where('id', 'in', old).executeTakeFirstOrThrow()
  return Number(numDeletedRows)
}

/** Finds the policies that let tokens of this issuer act as this service account, if it is active. */
export async function findTrust(db: Db, email: string, issuer: string) {
  return db
    .selectFrom('assumePolicies as p')
    .innerJoin('serviceAccounts as s', 's.id', 'p.serviceAccountId')
    .innerJoin('workloadIdentityProviders as w', 'w.id', 'p.providerId')
    .select([
      'p.id',
      'p.name',
      'p.claimConditions',
      'p.maximumSessionDuration',
      's.id as serviceAccountId',
      's.accountId',
      's.email',
    ])
    .select('w.allowedAudiences')
    .where('s.email', '=', email)
    .where('s.status', '=', 'Active')
    .where('w.url', '=', issuer)
    .orderBy('p.createdAt')
    .orderBy('p.id')
    .execute()
}

/** Returns these tokens and all tokens that they created, directly or indirectly, including inactive ones. */
export function tokensFrom(db: Db, tokenIds: readonly string[]): Promise<string[]> {
  return inSlices(tokenIds, async (ids) => {
    const { rows } = await sql<{ id: string }>`
      with recursive made (id) as (
        select t.id from access_tokens t where t.id in (${sql.join(ids)})
        union select t.id from access_tokens t join made on t.parent_id = made.id
      ) select id from made`.execute(db)
    return rows.map(({ id }) => id)
  })
}

export function policiesWrittenBy(db: Db, tokenIds: readonly string[]) {
  const policies = db.selectFrom('assumePolicies').select(['id', 'accountId', 'name', 'serviceAccountId'])
  return inSlices(tokenIds, (ids) => policies.where('parentId', 'in', ids).execute())
}

export function sessionsAllowedBy(db: Db, policyIds: readonly string[]): Promise<string[]> {
  const sessions = db.selectFrom('accessTokens').select('id')
  return inSlices(policyIds, async (ids) =>
    (await sessions.where('assumePolicyId', 'in', ids).execute()).map(({ id }) => id),
  )
}
