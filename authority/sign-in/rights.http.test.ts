import assert from 'node:assert/strict'
import { test } from 'node:test'
import { browser, signedIn } from '../../testing/browser.ts'

test('a person is told the own rights, and a stranger nothing', async (t) => {
  const authority = await signedIn(t)
  const told = await authority.owner.ask('GET', '/auth/rights')
  assert.deepEqual(told.json, {
    grants: [
      { scope: { account: authority.prepared.account, environment: null, workspace: null }, permissions: ['*:*'] },
    ],
  })
  const stranger = await browser(authority).ask('GET', '/auth/rights')
  assert.equal(stranger.status, 401)
  assert.equal(stranger.json.errors[0].code, 'no-session')
})
