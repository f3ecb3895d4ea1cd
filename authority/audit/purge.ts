/** Retention: deletes sealed rows from the start of each chain. The head keeps the position and the seal of the last purged row. */
import type { Database } from '../database/database.ts'
import { auditUnattended } from './audit.ts'
import { type AuditRow, deleteSealed, listSealed } from './audit-event-store.ts'
import { changeHeads, eachHead, findHead, type Head, inShortTransaction } from './audit-head-store.ts'
import { isSame } from './audit-keys.ts'
import { expectedSeal, isGenuine, signHead } from './chain-head.ts'
import type { Sealing } from './seal.ts'

const rowsPerSlice = 500
const dayMilliseconds = 24 * 60 * 60_000

/** Deletes rows older than `days` and audits the deletion. Returns the number of deleted rows. */
export async function purgeAuditLog(database: Database, sealing: Sealing, days: number): Promise<number> {
  const before = new Date(sealing.world.now().getTime() - days * dayMilliseconds).toISOString()
  let purged = 0
  for await (const { accountId } of eachHead(database.read))
    purged += await purgeChain(database, sealing, accountId, before)
  return purged
}

async function purgeChain(database: Database, sealing: Sealing, accountId: string, before: string): Promise<number> {
  let purged = 0
  for (;;) {
    const slice = await purgeSlice(database, sealing, accountId, before)
    purged += slice
    if (slice < rowsPerSlice) break
  }
  if (purged > 0)
    await database.withoutTransaction((db) =>
      auditUnattended(
        { db, world: sealing.world },
        {
          action: 'audit-log.purged',
          accountId: accountId || null,
          subjectType: 'audit-log',
          subjectId: accountId || null,
          after: { rows: purged, before },
        },
      ),
    )
  return purged
}

/** Stops if the sealer changed the head in the meantime or the head is not genuine; the next run continues. */
async function purgeSlice(database: Database, sealing: Sealing, accountId: string, before: string): Promise<number> {
  const { keys } = sealing
  const head = await findHead(database.read, accountId)
  if (!head || !isGenuine(keys, head)) return 0
  const rows = await listSealed(database.read, accountId, head.purgedLength, rowsPerSlice)
  const last = lastToPurge(sealing, head, rows, before)
  if (!last) return 0
  const purgedLength = last.position as number
  const change = { ...signHead(keys, { ...head, purgedLength, purgedSeal: last.seal as string }), before: head.mac }
  return inShortTransaction(database, async (db) => {
    const swapped = await changeHeads(db, database.kind, [change])
    return swapped.size > 0 ? deleteSealed(db, accountId, purgedLength) : 0
  })
}

/** Purges only rows with a valid seal: purging a row whose time was forged would destroy the evidence. */
function lastToPurge({ keys, onAltered }: Sealing, head: Head, rows: readonly AuditRow[], before: string) {
  let last: AuditRow | undefined
  let seal = head.purgedSeal
  let position = head.purgedLength
  for (const row of rows) {
    if (row.at >= before) break
    position += 1
    const expected = row.position === position ? expectedSeal(keys, head, seal, row)?.seal : undefined
    if (expected === undefined || !isSame(expected, row.seal ?? '')) {
      onAltered?.(head.accountId || null)
      break
    }
    seal = expected
    last = row
  }
  return last
}
