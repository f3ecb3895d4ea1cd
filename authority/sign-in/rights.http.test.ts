import assert from 'node:assert/strict'
import { test } from 'node:test'
import { browser, signedIn } from '../../testing/browser.ts'

test('a person can read their own rights, and an unauthenticated client nothing', async (t) => {
  const authority = await signedIn(t)
  const rights = await authority.owner.ask('GET', '/auth/rights')
  assert.deepEqual(rights.json, {
    grants: [
      { scope: { account: authority.prepared.account, environment: null, workspace: null }, permissions: ['*:*'] },
    ],
    'unread-notifications': 0,
  })
  const visitor = await browser(authority).ask('GET', '/auth/rights')
  assert.equal(visitor.status, 401)
  assert.equal(visitor.json.errors[0].code, 'no-session')
})
