/** Lists on SQLite run on two threads. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { sql } from 'kysely'
import { stores } from '../../../testing/stores.ts'
import { openDatabase } from '../database.ts'

test('a list that is requested during a long search is read before the search ends', async (t) => {
  const database = await openDatabase(await stores.sqlite(t))
  t.after(() => database.close())
  // Both threads run.
  const short = () => database.lists.selectFrom('accounts').select('id').execute()
  await Promise.all([short(), short()])
  const done: string[] = []
  const rows = 5_000_000
  await Promise.all([
    sql`with recursive n (i) as (select 1 union all select i + 1 from n where i < ${rows}) select count(*) from n`
      .execute(database.lists)
      .then(() => done.push('search')),
    short().then(() => done.push('list')),
  ])
  assert.deepEqual(done, ['list', 'search'])
})
