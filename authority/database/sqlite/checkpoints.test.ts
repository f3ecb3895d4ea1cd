import assert from 'node:assert/strict'
import { statSync } from 'node:fs'
import { test } from 'node:test'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { sql } from 'kysely'
import { migratedStore } from '../../../testing/kit.ts'
import { openDatabase } from '../database.ts'

const longLogBytes = 8_000 * 4_120

test('a long log is copied to the file by a thread and then truncated, while writes continue', async (t) => {
  const { file } = await migratedStore(t)
  const database = await openDatabase({ file })
  t.after(() => database.close())
  const logBytes = () => statSync(`${file}-wal`).size
  const write = (id: number) =>
    database.write((db) =>
      sql`insert into data_keys (id, wrapped, master_generation, created_at)
        values (${id}, zeroblob(100000), 1, '2030')`.execute(db),
    )
  let written = 0
  while (logBytes() < longLogBytes) await write(++written)
  await nextTurn()
  assert.ok(logBytes() >= longLogBytes, 'no write waits for the copy')
  await write(++written)
  while (logBytes() >= longLogBytes) await nextTurn()
  await write(++written)
  const { rows } = await sql<{
    keys: number
  }>`select count(*) as keys from data_keys where created_at = '2030'`.execute(database.read)
  assert.equal(rows[0]?.keys, written)
  const [check] = (await sql`pragma integrity_check`.execute(database.read)).rows
  assert.deepEqual({ ...(check as object) }, { integrityCheck: 'ok' })
})
