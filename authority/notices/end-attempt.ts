/** What follows from an attempt: taken, tried again, given up, or the webhook disabled. */
import { recordUnasked } from '../audit-events/record.ts'
import type { Context, World } from '../context.ts'
import type { Database } from '../database/database.ts'
import type { Tables } from '../database/tables.ts'
import { nextAttempt } from '../outbound/schedule.ts'
import { type Ending, giveUpWaiting, writeEnding } from './delivery-store.ts'
import { disableWebhook, updateWebhook } from './notice-store.ts'
import type { Answered } from './send.ts'

export interface Attempt {
  readonly id: string
  readonly number: number
  readonly webhookId: string
  readonly noticeId: string
  readonly accountId: string
}

type Seen = Partial<Tables['noticeWebhooks']>
type Teller = Pick<Context, 'db' | 'world'>

export async function endAttempt(database: Database, world: World, of: Attempt, answered: Answered): Promise<void> {
  const now = world.now()
  if ('failure' in answered && answered.failure === 'stopped') {
    await database.bare((db) => writeEnding(db, of.id, of.number, { attempt: of.number - 1, dueAt: now.toISOString() }))
    return
  }
  const lastStatus = 'status' in answered ? answered.status : null
  const failure = 'failure' in answered ? answered.failure : isTaken(answered.status) ? null : 'status'
  const seen = { lastFailure: failure, ...(lastStatus === null ? {} : { lastStatus }) }
  const next = nextAttempt(world, of.number, 'retryAfter' in answered ? answered.retryAfter : null)
  if (failure === null) {
    const deliveredAt = now.toISOString()
    await endBare(database, of, { deliveredAt, lastStatus }, { ...seen, lastDeliveredAt: deliveredAt })
  } else if (next && lastStatus !== 410) {
    await endBare(database, of, { dueAt: next.toISOString(), lastStatus }, seen)
  } else {
    await database.write(async (db) => {
      await updateWebhook(db, of.webhookId, seen)
      if (!(await writeEnding(db, of.id, of.number, { givenUpAt: now.toISOString(), lastStatus }))) return
      if (lastStatus === 410) await disable({ db, world }, of)
      else await tell({ db, world }, 'delivery-given-up', of, { notice: of.noticeId, attempts: of.number, ...seen })
    })
  }
}

const isTaken = (status: number) => status >= 200 && status < 300

/** No deed, so that those who read which webhooks there are do not meet what changes with every answer. */
function endBare(database: Database, of: Attempt, ending: Ending, seen: Seen): Promise<void> {
  return database.bare(async (db) => {
    await writeEnding(db, of.id, of.number, ending)
    await updateWebhook(db, of.webhookId, seen)
  })
}

/** 410: the receiver is gone, and wants no more. */
async function disable({ db, world }: Teller, of: Attempt): Promise<void> {
  const waiting = await giveUpWaiting(db, of.webhookId, world.now().toISOString())
  // Several may have been on their way at once.
  if (!(await disableWebhook(db, of.webhookId))) return
  await tell({ db, world }, 'disabled', of, { status: 410, notice: of.noticeId, givenUp: waiting + 1 })
}

function tell(teller: Teller, deed: string, of: Attempt, after: Record<string, unknown>): Promise<void> {
  return recordUnasked(teller, {
    action: `notice-webhooks.${deed}`,
    accountId: of.accountId,
    subjectType: 'notice-webhooks',
    subjectId: of.webhookId,
    after,
  })
}
