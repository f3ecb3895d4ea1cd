import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import type { Grant } from '@mintmark/token'
import { document, machine, startAuthority } from '../../testing/kit.ts'
import { creatorHolds, rightsOfCreator, voucherCheck } from './creator.ts'
import { everythingIn, memberVoucher } from './vouched-members.ts'

async function setUp(t: TestContext) {
  const authority = await startAuthority(t)
  const { call, prepared, database } = authority
  const { account } = prepared
  const reader = await machine(authority, 'reader', { permissions: ['teams:read'], scope: ['accounts', account] })
  const mint = async (permissions: readonly string[]) =>
    (await call('POST', '/access-tokens', { body: document('access-tokens', { permissions }) })).json.data.id as string
  const granting = (...permissions: string[]): Grant[] => [{ scope: { account }, permissions }]
  return { call, db: database.read, account, owner: prepared.user, reader, mint, granting }
}

test('a creator has its current rights, narrowed by the token that it used', async (t) => {
  const { db, owner, reader, mint, granting } = await setUp(t)
  const narrowed = await mint(['tags:read'])
  for (const [creator, permission, holds] of [
    [{ id: owner, tokenId: null }, 'variables:read', true],
    [{ id: owner, tokenId: narrowed }, 'variables:read', false],
    [{ id: owner, tokenId: narrowed }, 'tags:read', true],
    [{ id: reader.id, tokenId: null }, 'teams:read', true],
    [{ id: reader.id, tokenId: null }, 'tags:read', false],
  ] as const)
    assert.equal(
      await creatorHolds(db, creator, granting(permission)),
      holds,
      `${JSON.stringify(creator)} ${permission}`,
    )
})

test('a creator has no rights, not even none, if it or its token is gone', async (t) => {
  const { call, db, owner, reader, mint } = await setUp(t)
  const token = await mint(['tags:read'])
  const [withToken, subject] = [
    { id: owner, tokenId: token },
    { id: reader.id, tokenId: null },
  ]
  assert.ok((await rightsOfCreator(db, withToken)) && (await rightsOfCreator(db, subject)))
  await call('DELETE', `/access-tokens/${token}`)
  assert.equal(await rightsOfCreator(db, withToken), undefined)
  assert.equal(await creatorHolds(db, withToken, []), false)
  const inactive = document('service-accounts', { status: 'Inactive' })
  assert.equal((await call('PATCH', `/service-accounts/${reader.id}`, { body: inactive })).status, 200)
  assert.equal(await rightsOfCreator(db, subject), undefined)
  assert.equal(await creatorHolds(db, subject, []), false)
  assert.equal(await rightsOfCreator(db, { id: 'sa-v0onobody', tokenId: null }), undefined)
})

test('each voucher is checked with its own rights, however often and in whatever order it is asked', async (t) => {
  const { db, account, owner, reader, mint } = await setUp(t)
  const narrowed = await mint(['tags:read'])
  const holds = voucherCheck(db, ['teams:read'])
  const scope = { account }
  const vouchers = [
    [{ vouchedById: owner, vouchedTokenId: null }, true],
    [{ vouchedById: owner, vouchedTokenId: narrowed }, false],
    [{ vouchedById: null, vouchedTokenId: null }, false],
    [{ vouchedById: reader.id, vouchedTokenId: null }, true],
    [{ vouchedById: 'user-v0onobody', vouchedTokenId: null }, false],
  ] as const
  for (const [voucher, expected] of [...vouchers, ...vouchers.toReversed()])
    assert.equal(await holds(voucher, scope), expected, JSON.stringify(voucher))
  assert.equal(await holds({ vouchedById: reader.id, vouchedTokenId: null }, { account: 'acc-v0oelsewhere' }), false)
})

test('a member needs no voucher if the operator or a caller with all rights admitted them', async (t) => {
  const { db, account, owner, reader, mint } = await setUp(t)
  const narrowed = await mint(['users:*'])
  const none = { vouchedById: null, vouchedTokenId: null }
  assert.deepEqual(await memberVoucher(db, account, null), none)
  assert.deepEqual(await memberVoucher(db, account, { id: owner, tokenId: null }), none)
  assert.deepEqual(await memberVoucher(db, account, { id: owner, tokenId: narrowed }), {
    vouchedById: owner,
    vouchedTokenId: narrowed,
  })
  assert.deepEqual(await memberVoucher(db, account, { id: reader.id, tokenId: null }), {
    vouchedById: reader.id,
    vouchedTokenId: null,
  })
  const gone = { id: 'user-v0onobody', tokenId: 'at-v0ogone' }
  assert.deepEqual(await memberVoucher(db, account, gone), { vouchedById: gone.id, vouchedTokenId: gone.tokenId })
  assert.deepEqual(everythingIn(account), [{ scope: { account }, permissions: ['*:*'] }])
})
