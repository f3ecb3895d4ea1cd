/** Stores the head of each chain, and seals rows with set-based statements. */
import { sql } from 'kysely'
import type { Database, Db } from '../database/database.ts'
import type { Tables } from '../database/schema/tables.ts'

export type Head = Tables['auditHeads']

export interface SealedRow {
  readonly id: string
  readonly position: number
  readonly seal: string
}

/** A new head. It is written only if the stored head still has the MAC `before`. */
export type HeadChange = Head & { readonly before: string | null }

/**
 * Runs a transaction that blocks no writer. On PostgreSQL it is read committed, takes no part in serialization checks, and
 * ends by itself if its node disappears or another transaction holds a lock it needs.
 */
export function inShortTransaction<T>(database: Database, work: (db: Db) => Promise<T>): Promise<T> {
  if (database.kind === 'sqlite') return database.withoutTransaction(work)
  return database.withoutTransaction((db) =>
    db
      .transaction()
      .setIsolationLevel('read committed')
      .execute(async (transaction) => {
        await sql`select set_config('lock_timeout', '2s', true), set_config('idle_in_transaction_session_timeout', '10s', true)`.execute(
          transaction,
        )
        return work(transaction)
      }),
  )
}

export function findHeads(db: Db, accountIds: readonly string[]): Promise<Head[]> {
  return db.selectFrom('auditHeads').selectAll().where('accountId', 'in', accountIds).execute()
}

export function findHead(db: Db, accountId: string): Promise<Head | undefined> {
  return db.selectFrom('auditHeads').selectAll().where('accountId', '=', accountId).executeTakeFirst()
}

const headsPerSlice = 500

/** Yields every head in the order of account ids, read in slices. A head may be as old as its slice. */
export async function* eachHead(db: Db): AsyncGenerator<Head> {
  const heads = db.selectFrom('auditHeads').selectAll().orderBy('accountId').limit(headsPerSlice)
  let slice = await heads.execute()
  for (;;) {
    yield* slice
    const last = slice.at(-1)
    if (!last || slice.length < headsPerSlice) return
    slice = await heads.where('accountId', '>', last.accountId).execute()
  }
}

/** Heads of the accounts whose chains grew since they were last anchored. */
export function listUnanchored(db: Db, most: number): Promise<Head[]> {
  return db
    .selectFrom('auditHeads')
    .selectAll()
    .where('accountId', '<>', '')
    .whereRef('length', '<>', 'anchoredLength')
    .orderBy('accountId')
    .limit(most)
    .execute()
}

/** Inserts new heads. Existing heads stay unchanged. */
export async function insertHeads(db: Db, heads: readonly Head[]): Promise<void> {
  if (heads.length === 0) return
  await db
    .insertInto('auditHeads')
    .values([...heads])
    .onConflict((conflict) => conflict.doNothing())
    .execute()
}

/** Returns the accounts whose heads matched `before` and are now changed. Heads that another node is changing are left out. */
export async function changeHeads(
  db: Db,
  kind: Database['kind'],
  changes: readonly HeadChange[],
): Promise<ReadonlySet<string>> {
  if (changes.length === 0) return new Set()
  const json = JSON.stringify(changes)
  const statement =
    kind === 'postgres'
      ? sql<{ accountId: string }>`
        with change as (
          select * from jsonb_to_recordset(${json}::jsonb) as v("accountId" text, length bigint, head text,
            "legacyLength" bigint, "purgedLength" bigint, "purgedSeal" text, "anchoredLength" bigint,
            "alteredLength" bigint, mac text, before text)
        ), free as (
          select h.account_id from audit_heads h join change c on c."accountId" = h.account_id
           where h.mac is not distinct from c.before order by h.account_id for update of h skip locked
        )
        update audit_heads h set length = c.length, head = c.head, legacy_length = c."legacyLength",
          purged_length = c."purgedLength", purged_seal = c."purgedSeal", anchored_length = c."anchoredLength",
          altered_length = c."alteredLength", mac = c.mac
        from change c join free f on f.account_id = c."accountId"
        where h.account_id = c."accountId" returning h.account_id`
      : sql<{ accountId: string }>`
        update audit_heads set length = c.value ->> 'length', head = c.value ->> 'head',
          legacy_length = c.value ->> 'legacyLength', purged_length = c.value ->> 'purgedLength',
          purged_seal = c.value ->> 'purgedSeal', anchored_length = c.value ->> 'anchoredLength',
          altered_length = c.value ->> 'alteredLength', mac = c.value ->> 'mac'
        from json_each(${json}) c
        where audit_heads.account_id = c.value ->> 'accountId' and audit_heads.mac is (c.value ->> 'before')
        returning account_id`
  const { rows } = await statement.execute(db)
  return new Set(rows.map(({ accountId }) => accountId))
}

/** Writes position and seal of unsealed rows. Returns the number of rows written. */
export async function sealRows(db: Db, kind: Database['kind'], rows: readonly SealedRow[]): Promise<number> {
  if (rows.length === 0) return 0
  const json = JSON.stringify(rows)
  const statement =
    kind === 'postgres'
      ? sql`update audit_events e set position = v.position, seal = v.seal
          from jsonb_to_recordset(${json}::jsonb) as v(id text, position bigint, seal text)
          where e.id = v.id and e.position is null`
      : sql`update audit_events set position = v.value ->> 'position', seal = v.value ->> 'seal'
          from json_each(${json}) v where audit_events.id = v.value ->> 'id' and audit_events.position is null`
  return Number((await statement.execute(db)).numAffectedRows ?? 0)
}
