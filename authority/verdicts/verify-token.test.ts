import assert from 'node:assert/strict'
import { describe, type TestContext, test } from 'node:test'
import { mintToken, parseToken } from '@mintmark/token'
import fc from 'fast-check'
import { type Authority, document, machine, masterKeys, startAuthority } from '../../testing/kit.ts'
import type { Database } from '../database/database.ts'
import { loadSigningKeys } from '../vault/signing-keys.ts'
import { openVault } from '../vault/vault.ts'
import { fixedWorld } from '../world.ts'
import { LiveReplica } from './live-replica.ts'
import { type Verdict, verifyToken } from './verify-token.ts'

const start = '2030-01-01T00:00:00.000Z'
const address = '192.0.2.7'

interface Setting {
  readonly authority: Authority
  readonly world: ReturnType<typeof fixedWorld>
  readonly ci: { readonly id: string; readonly token: string; readonly tokenId: string }
  readonly keys: Awaited<ReturnType<typeof loadSigningKeys>>
  /** Verifies like a node that starts now. */
  verifyToken(text: string, changed?: { address?: string; database?: Database }): Promise<Verdict>
}

async function setting(t: TestContext): Promise<Setting> {
  const world = fixedWorld(start)
  const authority = await startAuthority(t, { world })
  const { database, call } = authority
  const { id, token } = await machine(authority, 'ci')
  const tokens = await call('GET', `/service-accounts/${id}/access-tokens`)
  const keys = await loadSigningKeys(database.read, openVault(world, masterKeys))
  return {
    authority,
    world,
    keys,
    ci: { id, token, tokenId: tokens.json.data[0].id },
    verifyToken: async (text, changed = {}) => {
      const replica = new LiveReplica(database)
      await replica.load()
      const verifier = { database, replica, world, maxStalenessMilliseconds: 1_000, key: keys.find, ...changed }
      return verifyToken(verifier, text, changed.address ?? address)
    },
  }
}

/** A database that fails the test if it is read. */
const untouchable = (database: Database): Database => ({
  ...database,
  get read(): Database['read'] {
    throw new Error('the database was read')
  },
})

const guess = { good: false, code: 'invalid-token' }

const states = {
  'token-revoked': ({ authority: { database }, ci }: Setting) =>
    database.write((db) =>
      db.updateTable('accessTokens').set({ revokedAt: start }).where('id', '=', ci.tokenId).execute(),
    ),
  'token-expired': ({ authority: { database }, ci }: Setting) =>
    database.write((db) =>
      db.updateTable('accessTokens').set({ expiresAt: start }).where('id', '=', ci.tokenId).execute(),
    ),
  'owner-inactive': ({ authority: { database }, ci }: Setting) =>
    database.write((db) =>
      db.updateTable('serviceAccounts').set({ status: 'Inactive' }).where('id', '=', ci.id).execute(),
    ),
  'not-from-this-network': ({ authority: { database } }: Setting) =>
    database.write((db) => db.updateTable('accounts').set({ allowedIps: '["10.0.0.0/8"]' }).execute()),
} as const
const reasons = Object.keys(states) as (keyof typeof states)[]

describe('a token with a valid signature gets the first reason of a fixed order', () => {
  for (let set = 1; set < 1 << reasons.length; set++) {
    const apply = reasons.filter((_, bit) => set & (1 << bit))
    test(`of [${apply}] it is ${apply[0]}`, async (t) => {
      const all = await setting(t)
      for (const reason of apply) await states[reason](all)
      const verdict = await all.verifyToken(all.ci.token)
      assert.equal(verdict.good, false)
      assert.deepEqual(
        { ...verdict, owner: verdict.owner?.id },
        { good: false, code: apply[0], tokenId: all.ci.tokenId, owner: all.ci.id },
      )
    })
  }

  test('a token without any reason is valid', async (t) => {
    const { authority, ci, verifyToken } = await setting(t)
    const verdict = await verifyToken(ci.token)
    assert.ok(verdict.good)
    assert.equal(verdict.tokenId, ci.tokenId)
    assert.equal(verdict.owner.id, ci.id)
    assert.deepEqual(verdict.accounts, [authority.prepared.account])
    assert.equal(verdict.expires, Number.POSITIVE_INFINITY)
    assert.equal(verdict.createdSeconds, Date.parse(start) / 1000)
  })
})

describe('a guess', () => {
  for (const reason of reasons) {
    test(`reveals nothing about a token that is ${reason}, and does not reach the database`, async (t) => {
      const all = await setting(t)
      await states[reason](all)
      const forged = `${all.ci.token.slice(0, -4)}${all.ci.token.endsWith('AAAA') ? 'BBBB' : 'AAAA'}`
      const verdict = await all.verifyToken(forged, { database: untouchable(all.authority.database) })
      assert.deepEqual(verdict, guess)
    })
  }

  test('with the id, the generation and the mint mark but not the key is refused without a query', async (t) => {
    const { authority, ci, verifyToken } = await setting(t)
    const { generation } = parseToken(ci.token) as { generation: number }
    const made = mintToken({
      mark: authority.app.mark,
      id: ci.tokenId,
      generation,
      key: new Uint8Array(32).fill(1),
      random: new Uint8Array(24),
    })
    assert.deepEqual(await verifyToken(made.open(), { database: untouchable(authority.database) }), guess)
  })

  test('signed with a stolen signing key is refused, and reveals nothing', async (t) => {
    const { authority, ci, keys, verifyToken } = await setting(t)
    const made = mintToken({ mark: authority.app.mark, id: ci.tokenId, ...keys.current(), random: new Uint8Array(24) })
    assert.deepEqual(await verifyToken(made.open()), guess)
  })

  test('with an unknown signing key generation is refused without a query', async (t) => {
    const { authority, ci, keys, verifyToken } = await setting(t)
    for (const generation of [2, 99, 2 ** 31]) {
      const { key } = keys.current()
      const made = mintToken({ mark: authority.app.mark, id: ci.tokenId, generation, key, random: new Uint8Array(24) })
      assert.deepEqual(await verifyToken(made.open(), { database: untouchable(authority.database) }), guess)
    }
  })

  test('of any text is refused without an error', async (t) => {
    const { authority, world, ci, keys } = await setting(t)
    const database = untouchable(authority.database)
    const replica = new LiveReplica(authority.database)
    await replica.load()
    const verifier = { database, replica, world, maxStalenessMilliseconds: 1_000, key: keys.find }
    const broken = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.tuple(fc.base64String(), fc.base64String(), fc.base64String()).map((parts) => parts.join('.')),
      fc
        .tuple(fc.nat(ci.token.length - 1), fc.string({ maxLength: 3 }))
        .map(([at, text]) => ci.token.slice(0, at) + text + ci.token.slice(at + 1)),
    )
    await fc.assert(
      fc.asyncProperty(broken, async (text) => {
        if (text !== ci.token) assert.deepEqual(await verifyToken(verifier, text, address), guess)
      }),
      { numRuns: 2_000 },
    )
  })
})

test('a token is valid until the millisecond before its expiry, and expired at that time', async (t) => {
  const { authority, world, ci, verifyToken } = await setting(t)
  const minted = await authority.call('POST', `/service-accounts/${ci.id}/access-tokens`, {
    body: document('access-tokens', { name: 'short', 'expires-in': 1 }),
  })
  const { token } = minted.json.data.attributes
  world.set('2030-01-01T00:00:59.999Z')
  assert.equal((await verifyToken(token)).good, true)
  world.set('2030-01-01T00:01:00.000Z')
  const verdict = await verifyToken(token)
  assert.deepEqual([verdict.good, 'code' in verdict && verdict.code], [false, 'token-expired'])
})

test('a user has access to exactly the accounts that allow the network', async (t) => {
  const { authority, verifyToken } = await setting(t)
  const { database, prepared } = authority
  await database.write(async (db) => {
    const account = await db.selectFrom('accounts').selectAll().executeTakeFirstOrThrow()
    await db
      .insertInto('accounts')
      .values({ ...account, id: 'acc-other', name: 'other', allowedIps: '["10.0.0.0/8"]' })
      .execute()
    await db
      .insertInto('accountUsers')
      .values({ id: 'second', accountId: 'acc-other', userId: prepared.user, createdAt: '2031' })
      .execute()
  })
  const outside = await verifyToken(prepared.token)
  assert.deepEqual(outside.good && outside.accounts, [prepared.account])
  const inside = await verifyToken(prepared.token, { address: '10.0.0.9' })
  assert.deepEqual(inside.good && inside.accounts, [prepared.account, 'acc-other'])
})
