import { sql } from 'kysely'
import type { Db } from '../database/database.ts'
import { inSlices } from '../database/in-slices.ts'
import type { Tables } from '../database/schema/tables.ts'
import type { Voucher } from '../rights/maker.ts'

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

/** Whoever changes which workloads a provider lets in vouches for all that trust it. */
export async function vouchForPolicies(db: Db, providerId: string, voucher: Voucher): Promise<void> {
  await db.updateTable('assumePolicies').set(voucher).where('providerId', '=', providerId).execute()
}

export async function deleteAssumePolicy(db: Db, id: string): Promise<void> {
  await db.deleteFrom('assumePolicies').where('id', '=', id).execute()
}

/** The providers of all accounts that name this issuer. */
export function findProviders(db: Db, issuer: string) {
  return db
    .selectFrom('workloadIdentityProviders')
    .select(['id', 'status'])
    .where('url', '=', issuer)
    .orderBy('id')
    .execute()
}

/** Remembers that an ID token was used; false when it was before. */
export async function insertUsedIdToken(db: Db, id: string, expiresAt: string): Promise<boolean> {
  const inserted = db.insertInto('usedIdTokens').values({ id, expiresAt })
  const { numInsertedOrUpdatedRows } = await inserted
    .onConflict((conflict) => conflict.doNothing())
    .executeTakeFirstOrThrow()
  return numInsertedOrUpdatedRows === 1n
}

/** Of ID tokens that nobody could use any more, up to so many. */
export async function deleteUsedIdTokens(db: Db, before: string, rowsMax: number): Promise<number> {
  const old = db.selectFrom('usedIdTokens').select('id').where('expiresAt', '<', before).limit(rowsMax)
  const { numDeletedRows } = await db.deleteFrom('usedIdTokens').where('id', 'in', old).executeTakeFirstOrThrow()
  return Number(numDeletedRows)
}

/** The policies by which tokens of this issuer may become this service account, if it is active. */
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

/** The tokens that these created, directly or through others, and the tokens themselves, also those that ended. */
export function tokensFrom(db: Db, tokenIds: readonly string[]): Promise<string[]> {
  return inSlices(tokenIds, async (some) => {
    const { rows } = await sql<{ id: string }>`
      with recursive made (id) as (
        select t.id from access_tokens t where t.id in (${sql.join(some)})
        union select t.id from access_tokens t join made on t.parent_id = made.id
      ) select id from made`.execute(db)
    return rows.map(({ id }) => id)
  })
}

export function policiesWrittenBy(db: Db, tokenIds: readonly string[]) {
  const policies = db.selectFrom('assumePolicies').select(['id', 'accountId', 'name'])
  return inSlices(tokenIds, (some) => policies.where('parentId', 'in', some).execute())
}

export function sessionsAllowedBy(db: Db, policyIds: readonly string[]): Promise<string[]> {
  const sessions = db.selectFrom('accessTokens').select('id')
  return inSlices(policyIds, async (some) =>
    (await sessions.where('assumePolicyId', 'in', some).execute()).map(({ id }) => id),
  )
}
