import { sql } from 'kysely'
import type { Db } from '../database/database.ts'
import type { Tables } from '../database/schema/tables.ts'
import { together } from '../database/sharing/shared-writes.ts'
import { opensCircuit } from './circuit-breaker.ts'

export async function insertNotification(db: Db, row: Tables['notifications']): Promise<void> {
  await together(db, insertNotification, row, (rows: readonly Tables['notifications'][]) =>
    db.insertInto('notifications').values(rows).execute(),
  )
}

export async function insertDelivery(db: Db, row: Tables['webhookDeliveries']): Promise<void> {
  await db.insertInto('webhookDeliveries').values(row).execute()
}

/** Whether the owner got a notification of this kind since then. */
export async function wasNotifiedSince(db: Db, ownerId: string, kind: string, since: string): Promise<boolean> {
  const row = await db
    .selectFrom('notifications')
    .select('id')
    .where('ownerId', '=', ownerId)
    .where('at', '>=', since)
    .where('kind', '=', kind)
    .limit(1)
    .executeTakeFirst()
  return row !== undefined
}

export function listMailDue(db: Db, since: string, limit: number) {
  return db
    .selectFrom('notifications')
    .select(['id', 'kind', 'at', 'ownerId', 'data'])
    .where('mailDue', '=', 1)
    .where('at', '>=', since)
    .orderBy('at')
    .limit(limit)
    .execute()
}

/** Returns false if another node claimed it first. */
export async function claimMail(db: Db, id: string): Promise<boolean> {
  const { numUpdatedRows } = await db
    .updateTable('notifications')
    .set({ mailDue: 0 })
    .where('id', '=', id)
    .where('mailDue', '=', 1)
    .executeTakeFirstOrThrow()
  return numUpdatedRows > 0n
}

/** Lists the IDs of an account's active webhooks that subscribe to this kind. */
export async function listSubscribedWebhooks(db: Db, accountId: string, kind: string): Promise<string[]> {
  const webhooks = await together(db, listSubscribedWebhooks, accountId, async (accounts: readonly string[]) => {
    const rows = await db
      .selectFrom('webhooks')
      .select(['id', 'accountId', 'kinds'])
      .where('accountId', 'in', [...new Set(accounts)])
      .where('status', '=', 'Active')
      .orderBy('id')
      .execute()
    const byAccount = Map.groupBy(rows, (row) => row.accountId)
    return accounts.map((each) => byAccount.get(each) ?? [])
  })
  return webhooks.flatMap(({ id, kinds }) => (kinds === null || JSON.parse(kinds).includes(kind) ? [id] : []))
}

export async function countWebhooks(db: Db, accountId: string): Promise<number> {
  const rows = await db.selectFrom('webhooks').select('id').where('accountId', '=', accountId).execute()
  return rows.length
}

export async function insertWebhook(db: Db, row: Tables['webhooks']): Promise<void> {
  await db.insertInto('webhooks').values(row).execute()
}

export async function updateWebhook(db: Db, id: string, change: Partial<Tables['webhooks']>): Promise<void> {
  if (Object.keys(change).length > 0) await db.updateTable('webhooks').set(change).where('id', '=', id).execute()
}

/**
 * Counts one more consecutive failure and opens the circuit at the threshold. Returns the number of failures; undefined if this
 * one does not count, because the circuit opened while the attempt was running.
 */
export async function countFailure(
  db: Db,
  id: string,
  { isProbe, until }: { isProbe: boolean; until: string },
): Promise<number | undefined> {
  const counted = db
    .updateTable('webhooks')
    .set({
      failures: sql<number>`failures + 1`,
      circuitOpenUntil: sql<string | null>`case when failures + 1 >= ${opensCircuit} then ${until} end`,
    })
    .where('id', '=', id)
    .returning('failures')
  const row = await (isProbe ? counted : counted.where('circuitOpenUntil', 'is', null)).executeTakeFirst()
  return row?.failures
}

/** Claims the next probe of a webhook. The circuit stays open until the probe ends. Of several nodes, one succeeds. */
export async function claimProbe(
  db: Db,
  { id, circuitOpenUntil }: Pick<Tables['webhooks'], 'id' | 'circuitOpenUntil'>,
  until: string,
): Promise<boolean> {
  const { numUpdatedRows } = await db
    .updateTable('webhooks')
    .set({ circuitOpenUntil: until })
    .where('id', '=', id)
    .where('circuitOpenUntil', '=', circuitOpenUntil)
    .executeTakeFirstOrThrow()
  return numUpdatedRows === 1n
}

/** Returns whether the webhook was active before. */
export async function disableWebhook(db: Db, id: string): Promise<boolean> {
  const { numUpdatedRows } = await db
    .updateTable('webhooks')
    .set({ status: 'Disabled' })
    .where('id', '=', id)
    .where('status', '=', 'Active')
    .executeTakeFirstOrThrow()
  return numUpdatedRows === 1n
}

/** Deletes up to `rowsMax` notifications from before then, with their deliveries. */
export async function deleteNotifications(db: Db, before: string, rowsMax: number): Promise<number> {
  const old = db.selectFrom('notifications').select('id').where('at', '<', before).limit(rowsMax)
  const { numDeletedRows } = await db.deleteFrom('notifications').where('id', 'in', old).executeTakeFirstOrThrow()
  return Number(numDeletedRows)
}

/** Also deletes the webhook's deliveries. */
export async function deleteWebhook(db: Db, id: string): Promise<void> {
  await db.deleteFrom('webhookDeliveries').where('webhookId', '=', id).execute()
  await db.deleteFrom('webhooks').where('id', '=', id).execute()
}

export function findSecrets(db: Db, id: string) {
  return db
    .selectFrom('webhooks')
    .select(['sealed', 'sealedBefore', 'beforeUntil'])
    .where('id', '=', id)
    .executeTakeFirstOrThrow()
}

/** Whether there are rotated secrets whose overlap has ended. */
export async function hasOldSecrets(db: Db, now: string): Promise<boolean> {
  const row = await db.selectFrom('webhooks').select('id').where('beforeUntil', '<=', now).executeTakeFirst()
  return row !== undefined
}

export async function deleteOldSecrets(db: Db, now: string): Promise<void> {
  await db
    .updateTable('webhooks')
    .set({ sealedBefore: null, beforeUntil: null })
    .where('beforeUntil', '<=', now)
    .execute()
}

export function countSince(db: Db, kind: string, subjectId: string, since: string): Promise<number> {
  return together(db, countSince, { kind, subjectId, since }, async (asked: readonly CountKey[]) => {
    const rows = await db
      .selectFrom('notifications')
      .select((row) => ['kind', 'subjectId', 'at', row.fn.countAll().as('count')])
      .where('subjectId', 'in', [...new Set(asked.map((each) => each.subjectId))])
      .where('at', '>', asked.map((each) => each.since).toSorted()[0] ?? '')
      .groupBy(['kind', 'subjectId', 'at'])
      .execute()
    return asked.map((each) =>
      rows
        .filter((row) => row.kind === each.kind && row.subjectId === each.subjectId && row.at > each.since)
        .reduce((sum, { count }) => sum + Number(count), 0),
    )
  })
}

interface CountKey {
  readonly kind: string
  readonly subjectId: string
  readonly since: string
}

/** Returns the email address of a person; undefined if the person was deleted. */
export async function findEmail(db: Db, userId: string): Promise<string | undefined> {
  const user = await db.selectFrom('users').select('email').where('id', '=', userId).executeTakeFirst()
  return user?.email
}
