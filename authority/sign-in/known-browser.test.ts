import assert from 'node:assert/strict'
import { createHmac, hkdfSync } from 'node:crypto'
import { test } from 'node:test'
import { openVault } from '../vault/vault.ts'
import { fixedWorld } from '../world.ts'
import { createKnownBrowserCookie, verifyKnownBrowserCookie } from './known-browser.ts'

const person = { id: 'user-1', passwordChangedAt: '2030-01-01T00:00:00.000Z' }
const key = (byte: number) => new Uint8Array(32).fill(byte)
const world = fixedWorld('2030-01-01T00:00:00Z')
const withKeys = (...generations: [number, Uint8Array][]) => ({ world, vault: openVault(world, new Map(generations)) })

test('a cookie stays valid while its master key is configured, also after a rotation, and is unknown afterwards', () => {
  const cookie = createKnownBrowserCookie(withKeys([1, key(1)]), person)
  const browser = verifyKnownBrowserCookie(withKeys([1, key(1)]), person, cookie)
  assert.match(browser ?? '', /^[\w-]{22}$/)
  const rotated = withKeys([1, key(1)], [2, key(2)])
  assert.equal(verifyKnownBrowserCookie(rotated, person, cookie), browser)
  assert.equal(verifyKnownBrowserCookie(withKeys([2, key(2)]), person, cookie), undefined)
  assert.equal(verifyKnownBrowserCookie(withKeys([1, key(3)]), person, cookie), undefined)
  const newer = createKnownBrowserCookie(rotated, person)
  assert.ok(verifyKnownBrowserCookie(withKeys([2, key(2)]), person, newer), 'the newest master key signs')
})

test('a cookie is unknown for another person, after a password change, and after 180 days', () => {
  const now = fixedWorld('2030-01-01T00:00:00Z')
  const keys = { world: now, vault: openVault(now, new Map([[1, key(1)]])) }
  const cookie = createKnownBrowserCookie(keys, person)
  assert.equal(verifyKnownBrowserCookie(keys, { ...person, id: 'user-2' }, cookie), undefined)
  const changed = { ...person, passwordChangedAt: '2030-01-02T00:00:00.000Z' }
  assert.equal(verifyKnownBrowserCookie(keys, changed, cookie), undefined)
  now.set('2030-06-29T23:59:59Z')
  assert.ok(verifyKnownBrowserCookie(keys, person, cookie))
  now.set('2030-06-30T00:00:00Z')
  assert.equal(verifyKnownBrowserCookie(keys, person, cookie), undefined)
})

test('a cookie that is signed under a key derived from the signing key, as earlier versions did, is unknown', () => {
  const signingKey = key(1)
  const expiry = Buffer.alloc(8)
  expiry.writeBigUInt64BE(BigInt(world.now().getTime() + 86_400_000))
  const head = Buffer.concat([Buffer.alloc(16, 5), expiry])
  const legacyKey = Buffer.from(hkdfSync('sha256', signingKey, '', 'mintmark known browser', 32))
  const mac = createHmac('sha256', legacyKey)
    .update(JSON.stringify([person.id, person.passwordChangedAt]))
    .update(head)
    .digest()
  const cookie = Buffer.concat([head, mac]).toString('base64url')
  assert.equal(verifyKnownBrowserCookie(withKeys([1, key(9)]), person, cookie), undefined)
})

test('a cookie of another length, or with any other bit, is unknown', () => {
  const keys = withKeys([1, key(1)])
  const cookie = createKnownBrowserCookie(keys, person)
  const verified = (text: string) => verifyKnownBrowserCookie(keys, person, text)
  for (const text of ['', 'text', cookie.slice(0, -2), `${cookie}AA`, cookie.slice(4)])
    assert.equal(verified(text), undefined, text)
  const bytes = Buffer.from(cookie, 'base64url')
  assert.equal(bytes.length, 56)
  for (let at = 0; at < bytes.length; at++) {
    const changed = Buffer.from(bytes)
    changed[at] = changed[at]! ^ 1
    assert.equal(verified(changed.toString('base64url')), undefined, `byte ${at}`)
  }
})

test('the ID of a browser is random and the same at each visit', () => {
  const keys = withKeys([1, key(1)])
  const [one, other] = [createKnownBrowserCookie(keys, person), createKnownBrowserCookie(keys, person)]
  const browserOf = (cookie: string) => verifyKnownBrowserCookie(keys, person, cookie)
  assert.equal(browserOf(one), Buffer.from(one, 'base64url').subarray(0, 16).toString('base64url'))
  assert.equal(browserOf(one), browserOf(one))
  assert.notEqual(browserOf(one), browserOf(other))
})
