import assert from 'node:assert/strict'
import { test } from 'node:test'
import { startAuthority } from '../../testing/kit.ts'
import { emptyStores } from '../../testing/stores.ts'
import { outsideTransaction, withSlowWork } from './slow-work.ts'

for (const [name, store] of Object.entries(emptyStores))
  test(`slow work runs once, while other transactions commit, and earlier writes are rolled back (${name})`, async (t) => {
    const { database } = await startAuthority(t, { store: await store(t) })
    let works = 0
    let attempts = 0
    const done = await withSlowWork((slowResults) =>
      database.write(async (db) => {
        attempts += 1
        await db
          .updateTable('accounts')
          .set({ name: `attempt ${attempts}` })
          .execute()
        return outsideTransaction({ slowResults }, 'key', async () => {
          works += 1
          const [account] = await database.write((other) => other.selectFrom('accounts').select('name').execute())
          return account?.name
        })
      }),
    )
    assert.deepEqual([works, attempts], [1, 2])
    assert.doesNotMatch(String(done), /attempt/)
    const [account] = await database.read.selectFrom('accounts').select('name').execute()
    assert.equal(account?.name, 'attempt 2')
  })

test('without a transaction the work runs immediately, and its refusal is passed on', async () => {
  assert.equal(await outsideTransaction({}, 'key', async () => 7), 7)
  await assert.rejects(
    withSlowWork((slowResults) =>
      outsideTransaction({ slowResults }, 'key', () => Promise.reject(new Error('too weak'))),
    ),
    /too weak/,
  )
})
