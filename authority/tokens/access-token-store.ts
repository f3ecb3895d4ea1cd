import { sql } from 'kysely'
import type { Db } from '../database/database.ts'
import { inSlices } from '../database/in-slices.ts'
import { type InsertColumns, insertRows } from '../database/json-rows.ts'
import type { Tables } from '../database/schema/tables.ts'

export type TokenRow = Tables['accessTokens']

const columns: InsertColumns<TokenRow> = {
  id: 'text',
  hash: 'bytes',
  generation: 'bigint',
  lastCharacters: 'text',
  ownerKind: 'text',
  ownerId: 'text',
  accountId: 'text',
  name: 'text',
  description: 'text',
  permissions: 'text',
  scopes: 'text',
  expiresIn: 'bigint',
  createdAt: 'text',
  expiresAt: 'text',
  createdById: 'text',
  lastUsedAt: 'text',
  family: 'text',
  predecessorId: 'text',
  rotationKey: 'text',
  revokedAt: 'text',
  parentId: 'text',
  renewableUntil: 'text',
  assumePolicyId: 'text',
  vouchedById: 'text',
  vouchedTokenId: 'text',
}

export const insertTokens = (db: Db, rows: readonly TokenRow[]): Promise<void> =>
  insertRows(db, 'accessTokens', columns, rows)

export async function updateToken(db: Db, id: string, change: Partial<TokenRow>): Promise<void> {
  if (Object.keys(change).length > 0) await db.updateTable('accessTokens').set(change).where('id', '=', id).execute()
}

/** The workload identity sessions of a policy that are live at a time. */
export async function findLiveSessions(db: Db, assumePolicyId: string, at: string): Promise<string[]> {
  const rows = await db
    .selectFrom('accessTokens')
    .select('id')
    .where('assumePolicyId', '=', assumePolicyId)
    .where('revokedAt', 'is', null)
    .where('expiresAt', '>', at)
    .execute()
  return rows.map(({ id }) => id)
}

/** Marks up to `rowsMax` tokens that expired before a time as revoked at their expiry. Returns their ids. */
export async function markExpiredRevoked(db: Db, before: string, rowsMax: number): Promise<string[]> {
  const old = db
    .selectFrom('accessTokens')
    .select('id')
    .where('revokedAt', 'is', null)
    .where('expiresAt', '<', before)
    .orderBy('expiresAt')
    .limit(rowsMax)
  const rows = await db
    .updateTable('accessTokens')
    .set((row) => ({ revokedAt: row.ref('expiresAt') }))
    .where('id', 'in', old)
    .returning('id')
    .execute()
  return rows.map(({ id }) => id)
}

/** Deletes up to `rowsMax` tokens that were revoked before a time. Tokens with a leak report stay. */
export async function deleteTokens(db: Db, before: string, rowsMax: number): Promise<number> {
  const rows = await db
    .selectFrom('accessTokens as t')
    .select('t.id')
    .where('t.revokedAt', '<', before)
    .where((of) =>
      of.not(of.exists(of.selectFrom('leakReports as r').select('r.id').whereRef('r.tokenId', '=', 't.id'))),
    )
    .limit(rowsMax)
    .execute()
  const ids = rows.map(({ id }) => id)
  if (ids.length === 0) return 0
  await db.deleteFrom('tokenActivity').where('tokenId', 'in', ids).execute()
  await db.deleteFrom('accessTokens').where('id', 'in', ids).execute()
  return ids.length
}

export function findSuccessors(db: Db, predecessorId: string) {
  return db
    .selectFrom('accessTokens')
    .select(['id', 'rotationKey', 'lastUsedAt', 'expiresAt'])
    .where('predecessorId', '=', predecessorId)
    .where('revokedAt', 'is', null)
    .execute()
}

/** The accounts that a user belongs to, ordered by id. */
export async function accountsOfUser(db: Db, userId: string): Promise<string[]> {
  const members = db.selectFrom('accountUsers').select('accountId').where('userId', '=', userId)
  const rows = await members.orderBy('accountId').execute()
  return rows.map(({ accountId }) => accountId)
}

/** The expiry and the voucher of each token by its id. */
export async function findCallers(db: Db, ids: readonly string[]) {
  const tokens = db.selectFrom('accessTokens').select(['id', 'expiresAt', 'vouchedById', 'vouchedTokenId'])
  const rows = await inSlices(ids, (some) => tokens.where('id', 'in', some).execute())
  return new Map(rows.map((row) => [row.id, row]))
}

export function findLifetime(db: Db, id: string) {
  return db.selectFrom('accessTokens').select(['expiresAt', 'renewableUntil']).where('id', '=', id).executeTakeFirst()
}

/** Whether a live or revoked token was reported as leaked. */
export async function isReported(db: Db, id: string): Promise<boolean> {
  const report = db.selectFrom('leakReports').select('id').where('tokenId', '=', id)
  return (await report.limit(1).executeTakeFirst()) !== undefined
}

/** Whether a token is `ancestorId` or was created by it, directly or through other tokens. */
export async function isDerivedFrom(db: Db, id: string, ancestorId: string): Promise<boolean> {
  const { rows } = await sql<{ id: string }>`
    with recursive line (id, parent_id) as (
      select t.id, t.parent_id from access_tokens t where t.id = ${id}
      union select t.id, t.parent_id from access_tokens t join line on t.id = line.parent_id
    ) select id from line where id = ${ancestorId}`.execute(db)
  return rows.length > 0
}

/**
 * Returns the live tokens that a token created, directly or through other tokens: its holder may know them. Rotation counts
 * as creation by the calling token.
 */
export async function findDerived(db: Db, id: string): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`
    with recursive derived (id) as (
      select t.id from access_tokens t where t.parent_id = ${id}
      union select t.id from access_tokens t join derived on t.parent_id = derived.id
    ) select t.id from derived join access_tokens t on t.id = derived.id
       where t.revoked_at is null and t.id <> ${id} order by t.id`.execute(db)
  return rows.map((row) => row.id)
}

export type TokenOwnership = Pick<TokenRow, 'id' | 'accountId' | 'ownerId' | 'scopes'>

export function findOwnerships(db: Db, ids: readonly string[]): Promise<TokenOwnership[]> {
  const tokens = db.selectFrom('accessTokens').select(['id', 'accountId', 'ownerId', 'scopes'])
  return inSlices(ids, (some) => tokens.where('id', 'in', some).execute())
}

export type PersonalToken = Pick<TokenRow, 'id' | 'name' | 'ownerId' | 'lastCharacters'>

/** Finds the tokens of users among these. */
export function findPersonalTokens(db: Db, ids: readonly string[]): Promise<PersonalToken[]> {
  return db
    .selectFrom('accessTokens')
    .select(['id', 'name', 'ownerId', 'lastCharacters'])
    .where('id', 'in', ids)
    .where('ownerKind', '=', 'user')
    .orderBy('id')
    .execute()
}

export function findMemberships(db: Db, userIds: readonly string[]) {
  const members = db.selectFrom('accountUsers').select(['userId', 'accountId'])
  return inSlices(userIds, (some) => members.where('userId', 'in', some).execute())
}

export function findTokensWithHash(db: Db, hashes: readonly Uint8Array[]) {
  return db
    .selectFrom('accessTokens')
    .select(['id', 'hash', 'name', 'lastCharacters', 'ownerKind', 'ownerId', 'expiresAt', 'revokedAt'])
    .where('hash', 'in', hashes)
    .execute()
}

/**
 * Returns the hashes of these accounts' tokens, live and revoked, among the next `rowsMax` rows of the table. `last` is the
 * start of the next slice; null at the end. Slicing the table rather than the matches bounds the time of each query.
 */
export async function findHashesAfter(db: Db, accounts: readonly string[], lastId: string, rowsMax: number) {
  const piece = db
    .selectFrom('accessTokens')
    .select('id')
    .where('id', '>', lastId)
    .orderBy('id')
    .limit(rowsMax)
    .as('piece')
  const end = await db
    .selectFrom(piece)
    .select((of) => of.fn.max('piece.id').as('last'))
    .executeTakeFirst()
  if (!end?.last) return { last: null, hashes: [] }
  const people = db.selectFrom('accountUsers').select('userId').where('accountId', 'in', accounts)
  const rows = await db
    .selectFrom('accessTokens')
    .select('hash')
    .where('id', '>', lastId)
    .where('id', '<=', end.last)
    .where((of) => of.or([of('accountId', 'in', accounts), of('ownerId', 'in', people)]))
    .execute()
  return { last: end.last, hashes: rows.map(({ hash }) => hash) }
}

/** Live tokens of the same family as a token. */
export async function findFamily(db: Db, tokenId: string): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`
    select t.id from access_tokens k
      join access_tokens t on (t.id = k.family or (t.family = k.family and t.predecessor_id is not null))
     where k.id = ${tokenId} and t.revoked_at is null order by t.id`.execute(db)
  return rows.map(({ id }) => id)
}
