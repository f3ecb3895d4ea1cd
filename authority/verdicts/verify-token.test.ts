import assert from 'node:assert/strict'
import { describe, type TestContext, test } from 'node:test'
import { hashToken, mintToken, parseToken } from '@mintmark/token'
import fc from 'fast-check'
import { type Authority, document, machine, masterKeys, startAuthority } from '../../testing/kit.ts'
import type { Database } from '../database/database.ts'
import { loadSigningKeys } from '../vault/signing-keys.ts'
import { openVault } from '../vault/vault.ts'
import { fixedWorld } from '../world.ts'
import { LiveReplica } from './live-replica.ts'
import { isIssuedHere, type Verdict, verifyOtherToken, verifyOwner, verifyToken } from './verify-token.ts'

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
      await replica.start()
      await replica.loaded
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
    await replica.start()
    await replica.loaded
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

/** A node whose replica has everything that was committed when it was created, and what it then sees of the database. */
async function node({ authority, world, keys }: Setting, changed: Partial<Pick<Database, 'feed' | 'read'>> = {}) {
  const { database } = authority
  const seen = { ...database }
  const replica = new LiveReplica(seen)
  await replica.start()
  await replica.loaded
  Object.assign(seen, changed)
  // The replica holds `seen`, so it follows the changed feed from now on.
  return { database: seen, replica, world, maxStalenessMilliseconds: 1_000, key: keys.find }
}

const narrow = (database: Database, id: string) =>
  database.write((db) =>
    db.updateTable('accessTokens').set({ permissions: '["teams:read"]' }).where('id', '=', id).execute(),
  )
const narrowing = { permissions: ['teams:read'], scopes: null }

/** A feed that does not notice changes. */
const frozen = ({ feed }: Database): Database['feed'] => {
  assert.ok(feed.kind === 'immediate')
  const version = feed.version()
  return { ...feed, version: () => version }
}

test('a token that the replica knows is verified without a query', async (t) => {
  const all = await setting(t)
  const { database, prepared } = all.authority
  // The first row of the replica is one of these two.
  for (const token of [prepared.token, all.ci.token])
    assert.equal((await all.verifyToken(token, { database: untouchable(database) })).good, true)
})

describe('a token that the replica does not know', () => {
  test('is verified from the database, with the same result', async (t) => {
    const all = await setting(t)
    const { database } = all.authority
    const late = await machine(all.authority, 'late')
    const row = await database.read.selectFrom('accessTokens').select('id').where('ownerId', '=', late.id).execute()
    await narrow(database, row[0]?.id ?? '')
    const known = await node(all)
    const hash = hashToken(late.token)
    const unknowing = await node(all, { feed: frozen(database) })
    unknowing.replica.tokens.remove(hash)
    assert.equal(unknowing.replica.tokens.find(hash), -1)
    const expected = await verifyToken(known, late.token, address)
    assert.ok(expected.good)
    assert.deepEqual(expected.narrowing, narrowing)
    assert.deepEqual(await verifyToken(unknowing, late.token, address), expected)
    await database.write((db) =>
      db
        .deleteFrom('accessTokens')
        .where('id', '=', row[0]?.id ?? '')
        .execute(),
    )
    assert.deepEqual(await verifyToken(unknowing, late.token, address), guess)
  })

  test('is refused as not verifiable if the database does not answer', async (t) => {
    const all = await setting(t)
    const { database } = all.authority
    const verifier = await node(all, { feed: frozen(database) })
    verifier.replica.tokens.remove(hashToken(all.ci.token))
    const without = { ...verifier, database: untouchable(database) }
    assert.deepEqual(await verifyToken(without, all.ci.token, address), { good: false, code: 'stale-replica' })
  })
})

test('a token without an owner is refused as one of an inactive owner', async (t) => {
  const all = await setting(t)
  const { database } = all.authority
  await database.write((db) => db.updateTable('accessTokens').set({ ownerId: 'sa-nobody' }).execute())
  assert.deepEqual(await all.verifyToken(all.ci.token), {
    good: false,
    code: 'owner-inactive',
    tokenId: all.ci.tokenId,
  })
})

test('an owner without accounts has valid tokens, from everywhere', async (t) => {
  const all = await setting(t)
  const { database, prepared } = all.authority
  await database.write((db) => db.deleteFrom('accountUsers').execute())
  const verdict = await all.verifyToken(prepared.token)
  assert.ok(verdict.good)
  assert.deepEqual(verdict.accounts, [])
})

test('networks are not checked where it is unknown from where a token is used', async (t) => {
  const all = await setting(t)
  await states['not-from-this-network'](all)
  const verdict = await verifyToken(await node(all), all.ci.token, null)
  assert.deepEqual(verdict.good && verdict.accounts, [all.authority.prepared.account])
})

test('while all tokens of an owner are being revoked, only those created later and the spared one are valid', async (t) => {
  const all = await setting(t)
  const { database } = all.authority
  const cases: [createdUntil: string, sparedTokenId: string | null, code: string | undefined][] = [
    // The token was created at `start`.
    [start, null, 'token-revoked'],
    ['2030-01-01T00:00:00.999Z', null, 'token-revoked'],
    ['2029-12-31T23:59:59.999Z', null, undefined],
    [start, all.ci.tokenId, undefined],
    [start, 'at-other', 'token-revoked'],
  ]
  const row = { id: 'rev-1', ownerId: all.ci.id, accounts: '[]', reason: '{}', toldBy: '{}' }
  for (const [createdUntil, sparedTokenId, code] of cases) {
    await database.write(async (db) => {
      await db.deleteFrom('pendingRevocations').execute()
      await db
        .insertInto('pendingRevocations')
        .values({ ...row, createdUntil, sparedTokenId })
        .execute()
    })
    const verdict = await all.verifyToken(all.ci.token)
    assert.equal(verdict.good ? undefined : verdict.code, code, `${createdUntil} ${sparedTokenId}`)
    if (!verdict.good) assert.equal(verdict.owner?.id, all.ci.id)
  }
})

describe('a node that cannot prove that its data is fresh', () => {
  const feeds = {
    'because it cannot ask': (feed: Database['feed']) => ({
      ...feed,
      version: () => {
        throw new Error('the file was replaced')
      },
    }),
    'because it gets no answer': (feed: Database['feed']) => ({
      ...feed,
      version: () => -7,
      read: () => Promise.reject(new Error('no answer')),
    }),
  }
  for (const [why, broken] of Object.entries(feeds))
    test(`refuses every token, ${why}`, async (t) => {
      const all = await setting(t)
      const verifier = await node(all, { feed: broken(all.authority.database.feed) as Database['feed'] })
      const stale = { good: false, code: 'stale-replica' }
      assert.deepEqual(await verifyToken(verifier, all.ci.token, address), stale)
      assert.deepEqual(await verifyToken(verifier, 'no token', address), guess)
      await assert.rejects(async () => verifyOwner(verifier, all.ci.id, address))
    })

  test('verifies a second token of a request, unless its data may have become stale since the first', async (t) => {
    const all = await setting(t)
    const broken = feeds['because it cannot ask'](all.authority.database.feed) as Database['feed']
    const verifier = await node(all, { feed: broken })
    for (const [maxStalenessMilliseconds, isGood] of [
      [1_000, true],
      [0, true],
      [-1, false],
    ] as const) {
      const { good } = await verifyOtherToken({ ...verifier, maxStalenessMilliseconds }, all.ci.token, address)
      assert.equal(good, isGood, String(maxStalenessMilliseconds))
    }
    assert.deepEqual(await verifyOtherToken(verifier, 'no token', address), guess)
  })
})

test('the owner of a session is verified with the accounts that allow the network', async (t) => {
  const all = await setting(t)
  const { prepared } = all.authority
  const verified = await verifyOwner(await node(all), prepared.user, address)
  assert.equal(verified?.owner.id, prepared.user)
  assert.deepEqual(verified?.accounts, [prepared.account])
  await states['not-from-this-network'](all)
  assert.deepEqual((await verifyOwner(await node(all), prepared.user, address))?.accounts, [])
  await states['owner-inactive'](all)
  assert.equal(await verifyOwner(await node(all), all.ci.id, address), undefined)
  assert.equal(await verifyOwner(await node(all), 'user-nobody', address), undefined)
})

test('a token is issued here if it is signed with a known key of its generation', async (t) => {
  const { authority, ci, keys } = await setting(t)
  const other = (generation: number, key: Uint8Array) =>
    mintToken({ mark: authority.app.mark, id: ci.tokenId, generation, key, random: new Uint8Array(24) }).open()
  const { generation, key } = keys.current()
  const verifier = { key: keys.find }
  assert.equal(isIssuedHere(verifier, ci.token), true)
  assert.equal(isIssuedHere(verifier, other(generation, key)), true)
  assert.equal(isIssuedHere(verifier, other(generation + 1, key)), false)
  assert.equal(isIssuedHere(verifier, other(generation, new Uint8Array(32))), false)
  assert.equal(isIssuedHere(verifier, 'no token'), false)
})
