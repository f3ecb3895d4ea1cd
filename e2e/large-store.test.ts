/**
 * With 20,000 tokens no list or report blocks the event loop: otherwise the test kit's watch fails these tests. For more, set
 * MINTMARK_TEST_TOKENS.
 */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { allOperations, kebab } from '@mintmark/contract'
import { hashToken } from '@mintmark/token'
import { startEverything } from '../testing/everything.ts'
import type { Authority } from '../testing/kit.ts'
import { temporaryPostgres } from '../testing/postgres.ts'

const tokens = Number(process.env['MINTMARK_TEST_TOKENS'] ?? 20_000)

/** Copies a token of a service account in few statements. The lists read the database, so no change has to be published. */
async function fill({ database }: Authority, owner: string): Promise<void> {
  const row = await database.read
    .selectFrom('accessTokens')
    .selectAll()
    .where('ownerId', '=', owner)
    .limit(1)
    .executeTakeFirstOrThrow()
  for (let start = 0; start < tokens; start += 500)
    await database.write(async (db) => {
      const copies = Array.from({ length: 500 }, (_, offset) => ({
        ...row,
        id: `at-large${start + offset}`,
        name: `token ${start + offset}`,
        hash: hashToken(`${start + offset}`),
      }))
      await db.insertInto('accessTokens').values(copies).execute()
    })
}

for (const kind of ['SQLite', 'PostgreSQL'] as const) {
  test(`no list, with any sort or search, nor the CSV report blocks the event loop (${kind})`, async (t) => {
    const store = kind === 'SQLite' ? {} : { store: { url: await temporaryPostgres(t) } }
    const { authority, call, ids, pathOf } = await startEverything(t, store)
    await fill(authority, ids['service-accounts'] as string)
    for (const operation of allOperations.filter(({ kind }) => kind === 'list')) {
      const sorts = (operation.sort ?? []).flatMap((key) => [`sort=${kebab(key)}`, `sort=-${kebab(key)}`])
      for (const query of ['page[size]=100', 'page[number]=150&page[size]=100', 'query=token', ...sorts]) {
        const { status, text } = await call('GET', `${pathOf(operation)}?${query}`)
        assert.equal(status, 200, `${operation.id} ${query}: ${text.slice(0, 200)}`)
      }
    }
    for (let times = 0; times < 2; times++) {
      const { text } = await call('GET', '/reports/access-tokens?format=csv')
      assert.ok(text.split('\r\n').length > tokens)
    }
  })
}
