/** A node with many unread changes does not block requests: otherwise the test kit's watch fails this test. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { machine, startAuthority } from '../../testing/kit.ts'
import { insertTokens } from '../../testing/many-tokens.ts'
import { rawSql } from '../../testing/raw-sql.ts'

test('sqlite: 60,000 unread changes are applied before the next response, without blocking the event loop', async (t) => {
  const authority = await startAuthority(t, { reconcileMilliseconds: 3_600_000 })
  const { account } = authority.prepared
  const { id, token } = await machine(authority, 'ci', { permissions: ['*:read'], scope: ['accounts', account] })
  const before = await authority.call('GET', '/service-accounts', { token })
  await insertTokens(authority.database, { owner: id, account, count: 30_000 })
  await rawSql(authority.database, `update access_tokens set revoked_at = '2030' where owner_id = '${id}'`)
  const after = await authority.call('GET', '/service-accounts', { token })
  assert.deepEqual([before.status, after.status], [200, 401])
})
