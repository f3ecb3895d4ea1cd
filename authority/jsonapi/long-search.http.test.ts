/** A slow search of a large list does not block other requests: otherwise the test kit's watch fails these tests. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { startEverything } from '../../testing/everything.ts'
import { insertTokens } from '../../testing/many-tokens.ts'
import { rawSql } from '../../testing/raw-sql.ts'

for (const [script, letter, other, length] of [
  ['Latin', 'a', 'b', 250],
  ['Cyrillic', 'а', 'б', 100],
] as const)
  test(`the worst search of 20,000 tokens does not block other requests (${script})`, async (t) => {
    const { authority, call, ids } = await startEverything(t, { reconcileMilliseconds: 3_600_000 })
    const owner = ids['service-accounts'] as string
    await insertTokens(authority.database, { owner, account: ids['accounts'] as string, count: 20_000 })
    await rawSql(
      authority.database,
      `update access_tokens set name = '${letter.repeat(length)}', description = '${letter.repeat(length)}' where id like 'at-many%'`,
    )
    const worst = encodeURIComponent(letter.repeat(length / 2) + other)
    for (const query of [`query=${worst}`, 'query=no+such+name', 'filter[name]=like:']) {
      const { status, json } = await call('GET', `/reports/access-tokens?${query}`)
      assert.equal(status, 200)
      if (query.endsWith('like:')) assert.ok(json.meta.pagination['total-count'] > 10_000)
      else assert.deepEqual(json.data, [])
    }
  })
