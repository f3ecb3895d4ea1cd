import type { Db } from '../database/database.ts'

export interface Due {
  readonly id: string
  readonly webhookId: string
  readonly attempt: number
  readonly dueAt: string
}

/** What is to be sent by now, longest due first, but nothing to webhooks that are busy or rest. */
export function listDue(db: Db, now: string, busy: readonly string[], most: number): Promise<Due[]> {
  const due = waiting(db)
    .innerJoin('webhooks as w', 'w.id', 'd.webhookId')
    .select(['d.id', 'd.webhookId', 'd.attempt', 'd.dueAt'])
    .where('w.circuitOpenUntil', 'is', null)
    .where('d.dueAt', '<=', now)
    .orderBy('d.dueAt')
    .orderBy('d.id')
    .limit(most)
  return (busy.length > 0 ? due.where('d.webhookId', 'not in', busy) : due).execute()
}

const waiting = (db: Db) =>
  db.selectFrom('webhookDeliveries as d').where('d.deliveredAt', 'is', null).where('d.givenUpAt', 'is', null)

/** Webhooks that have rested and for which something is due. */
export function listOpenCircuits(db: Db, now: string, most: number) {
  return db
    .selectFrom('webhooks as w')
    .select(['w.id', 'w.circuitOpenUntil'])
    .where('w.circuitOpenUntil', '<=', now)
    .where((row) =>
      row.exists(
        row
          .selectFrom('webhookDeliveries as d')
          .select('d.id')
          .whereRef('d.webhookId', '=', 'w.id')
          .where('d.deliveredAt', 'is', null)
          .where('d.givenUpAt', 'is', null)
          .where('d.dueAt', '<=', now),
      ),
    )
    .orderBy('w.circuitOpenUntil')
    .limit(most)
    .execute()
}

/** The one that was tried most often, so that its attempts come to an end as they would have alone. */
export function findProbe(db: Db, webhookId: string, now: string): Promise<Due | undefined> {
  return waiting(db)
    .select(['d.id', 'd.webhookId', 'd.attempt', 'd.dueAt'])
    .where('d.webhookId', '=', webhookId)
    .where('d.dueAt', '<=', now)
    .orderBy('d.attempt', 'desc')
    .orderBy('d.dueAt')
    .orderBy('d.id')
    .limit(1)
    .executeTakeFirst()
}

/** Takes a delivery for one attempt, which is counted. Of several that try, one succeeds. */
export async function claimDelivery(db: Db, { id, attempt, dueAt }: Due, until: string): Promise<boolean> {
  const { numUpdatedRows } = await db
    .updateTable('webhookDeliveries')
    .set({ attempt: attempt + 1, dueAt: until })
    .where('id', '=', id)
    .where('attempt', '=', attempt)
    .where('dueAt', '=', dueAt)
    .where('deliveredAt', 'is', null)
    .where('givenUpAt', 'is', null)
    .executeTakeFirstOrThrow()
  return numUpdatedRows === 1n
}

/** What to send and where to; undefined when the webhook is gone or disabled. */
export function findDelivery(db: Db, id: string) {
  return db
    .selectFrom('webhookDeliveries as d')
    .innerJoin('notifications as n', 'n.id', 'd.notificationId')
    .innerJoin('webhooks as w', 'w.id', 'd.webhookId')
    .select([
      'd.webhookId',
      'd.notificationId',
      'n.kind',
      'n.at',
      'n.ownerKind',
      'n.ownerId',
      'n.subjectType',
      'n.subjectId',
      'n.data',
      'w.accountId',
      'w.url',
      'w.sealed',
      'w.sealedBefore',
      'w.beforeUntil',
      'w.failures',
      'w.circuitOpenUntil',
    ])
    .where('d.id', '=', id)
    .where('w.status', '=', 'Active')
    .executeTakeFirst()
}

export type Delivery = NonNullable<Awaited<ReturnType<typeof findDelivery>>>

export interface Ending {
  readonly attempt?: number
  readonly dueAt?: string
  readonly deliveredAt?: string
  readonly givenUpAt?: string
  readonly lastStatus?: number | null
}

/** Writes how an attempt ended, unless the delivery was taken by another or settled meanwhile. */
export async function writeEnding(db: Db, id: string, attempt: number, ending: Ending): Promise<boolean> {
  const { numUpdatedRows } = await db
    .updateTable('webhookDeliveries')
    .set(ending)
    .where('id', '=', id)
    .where('attempt', '=', attempt)
    .where('deliveredAt', 'is', null)
    .where('givenUpAt', 'is', null)
    .executeTakeFirstOrThrow()
  return numUpdatedRows === 1n
}

/** Gives up all that waits for a webhook, and tells how many that were. */
export async function giveUpWaiting(db: Db, webhookId: string, now: string): Promise<number> {
  const { numUpdatedRows } = await db
    .updateTable('webhookDeliveries')
    .set({ givenUpAt: now })
    .where('webhookId', '=', webhookId)
    .where('deliveredAt', 'is', null)
    .where('givenUpAt', 'is', null)
    .executeTakeFirstOrThrow()
  return Number(numUpdatedRows)
}

export async function countWaiting(db: Db): Promise<number> {
  const { count } = await waiting(db)
    .select((row) => row.fn.countAll().as('count'))
    .executeTakeFirstOrThrow()
  return Number(count)
}
