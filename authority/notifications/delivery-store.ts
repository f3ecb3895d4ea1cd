import type { Db } from '../database/database.ts'

export interface Due {
  readonly id: string
  readonly webhookId: string
  readonly attempt: number
  readonly dueAt: string
}

/** Lists due deliveries, oldest due time first, except those of busy webhooks and of webhooks whose circuit is open. */
export function listDue(db: Db, now: string, busy: readonly string[], limit: number): Promise<Due[]> {
  const due = pending(db)
    .innerJoin('webhooks as w', 'w.id', 'd.webhookId')
    .select(['d.id', 'd.webhookId', 'd.attempt', 'd.dueAt'])
    .where('w.circuitOpenUntil', 'is', null)
    .where('d.dueAt', '<=', now)
    .orderBy('d.dueAt')
    .orderBy('d.id')
    .limit(limit)
  return (busy.length > 0 ? due.where('d.webhookId', 'not in', busy) : due).execute()
}

const pending = (db: Db) =>
  db.selectFrom('webhookDeliveries as d').where('d.deliveredAt', 'is', null).where('d.givenUpAt', 'is', null)

/** Lists webhooks whose next probe is due and that have a due delivery. */
export function listOpenCircuits(db: Db, now: string, limit: number) {
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
    .limit(limit)
    .execute()
}

/** Picks the due delivery with the most attempts, so that probes count toward its maximum number of attempts. */
export function findProbe(db: Db, webhookId: string, now: string): Promise<Due | undefined> {
  return pending(db)
    .select(['d.id', 'd.webhookId', 'd.attempt', 'd.dueAt'])
    .where('d.webhookId', '=', webhookId)
    .where('d.dueAt', '<=', now)
    .orderBy('d.attempt', 'desc')
    .orderBy('d.dueAt')
    .orderBy('d.id')
    .limit(1)
    .executeTakeFirst()
}

/** Claims a delivery for one attempt and counts the attempt. Of several nodes, one succeeds. */
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

/** Returns the notification and the webhook of a delivery; undefined if the webhook was deleted or disabled. */
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

export interface DeliveryOutcome {
  readonly attempt?: number
  readonly dueAt?: string
  readonly deliveredAt?: string
  readonly givenUpAt?: string
  readonly lastStatus?: number | null
}

/** Writes the outcome of an attempt. Returns false if another node claimed or finished the delivery in the meantime. */
export async function writeOutcome(db: Db, id: string, attempt: number, outcome: DeliveryOutcome): Promise<boolean> {
  const { numUpdatedRows } = await db
    .updateTable('webhookDeliveries')
    .set(outcome)
    .where('id', '=', id)
    .where('attempt', '=', attempt)
    .where('deliveredAt', 'is', null)
    .where('givenUpAt', 'is', null)
    .executeTakeFirstOrThrow()
  return numUpdatedRows === 1n
}

/** Gives up all pending deliveries of a webhook. Returns how many. */
export async function giveUpPending(db: Db, webhookId: string, now: string): Promise<number> {
  const { numUpdatedRows } = await db
    .updateTable('webhookDeliveries')
    .set({ givenUpAt: now })
    .where('webhookId', '=', webhookId)
    .where('deliveredAt', 'is', null)
    .where('givenUpAt', 'is', null)
    .executeTakeFirstOrThrow()
  return Number(numUpdatedRows)
}

export async function countPending(db: Db): Promise<number> {
  const { count } = await pending(db)
    .select((row) => row.fn.countAll().as('count'))
    .executeTakeFirstOrThrow()
  return Number(count)
}
