import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { hashToken } from '@mintmark/token'
import { turnsOf } from '../../testing/event-loop/turns-of.ts'
import { type PreparedDatabase, preparedDatabase } from '../../testing/prepared/prepared-database.ts'
import { type Batch, Replica, readBatch, readOwners } from './replica.ts'
import type { LiveToken, Owner } from './verdict-store.ts'

const token = (id: string, rest: Partial<LiveToken> & { readonly revoked?: boolean } = {}) => ({
  id,
  hash: hashToken(id),
  ownerId: 'sa-one',
  expires: Number.POSITIVE_INFINITY,
  created: 0,
  narrowing: null,
  ...rest,
})
const owner = (id: string): Owner => ({ kind: 'service-account', id, email: null, active: true, accounts: [] })
const rowOf = (replica: Replica, id: string) => replica.tokens.find(hashToken(id))
const isIn = (replica: Replica, ...ids: string[]) => ids.map((id) => rowOf(replica, id) >= 0)
const batch = (rest: Partial<Batch>): Batch => ({
  owners: new Map(),
  tokens: [],
  deletedTokens: new Set(),
  networks: null,
  haveRightsChanged: false,
  ...rest,
})
const teams = { permissions: ['teams:read'] }

test('owners are found by id and by token, whichever is known first', () => {
  const replica = new Replica()
  replica.putToken(token('at-1'))
  replica.putToken(token('at-2', { ownerId: 'sa-two' }))
  assert.equal(replica.ownerOf(rowOf(replica, 'at-1')), undefined)
  replica.setOwners(new Map([owner('sa-one'), owner('sa-two')].map((each) => [each.id, each])))
  assert.deepEqual(
    ['at-1', 'at-2'].map((id) => replica.ownerOf(rowOf(replica, id))?.id),
    ['sa-one', 'sa-two'],
  )
  assert.deepEqual(
    ['sa-one', 'sa-two', 'sa-three'].map((id) => replica.owner(id)?.id),
    ['sa-one', 'sa-two', undefined],
  )
  assert.deepEqual(['sa-one', 'sa-two', 'sa-three'].map(replica.ownerNumber), [0, 1, -1])
  assert.deepEqual(replica.ownerIds(), ['sa-one', 'sa-two'])
})

test('a token has its latest narrowing, and none after it was removed', () => {
  const replica = new Replica()
  assert.equal(replica.narrowing('at-1'), null)
  const put = (rest: Parameters<typeof token>[1]) => {
    replica.putToken(token('at-1', rest))
    return [...isIn(replica, 'at-1'), replica.narrowing('at-1')]
  }
  replica.putToken(token('at-2', { narrowing: teams }))
  assert.deepEqual(put({ narrowing: teams }), [true, teams])
  assert.deepEqual(put({}), [true, null])
  put({ narrowing: teams })
  assert.deepEqual(put({ narrowing: teams, revoked: true }), [false, null])
  put({ narrowing: teams })
  for (let times = 0; times < 2; times++) replica.removeToken(hashToken('at-1'))
  assert.deepEqual([...isIn(replica, 'at-1'), replica.narrowing('at-1')], [false, null])
  assert.deepEqual([...isIn(replica, 'at-2'), replica.narrowing('at-2')], [true, teams])
  replica.removeToken(hashToken('at-2'))
  assert.deepEqual(isIn(replica, 'at-2'), [false], 'also the first row')
})

test('a batch replaces what it names and keeps the rest', () => {
  const replica = new Replica()
  const networks = { source: '[1]', byAccount: new Map([['acc-one', [{ text: '10.0.0.0/8', bytes: [10], bits: 8 }]]]) }
  const owners = new Map([['sa-one', owner('sa-one')]])
  assert.deepEqual([replica.networks.source, replica.networksOf('acc-one')], ['[]', []])
  const tokens = ['at-1', 'at-2', 'at-3'].map((id) => ({ ...token(id), revoked: false }))
  replica.apply(batch({ owners, tokens, networks }))
  const deletedTokens = new Set(['at-1', 'at-unknown'])
  replica.apply(batch({ deletedTokens, tokens: [{ ...token('at-2'), revoked: true }] }))
  assert.deepEqual(isIn(replica, 'at-1', 'at-2', 'at-3'), [false, false, true])
  assert.deepEqual([replica.owner('sa-one')?.active, replica.networksOf('acc-one').length], [true, 1])
  assert.deepEqual([replica.networks.source, replica.networksOf('acc-two')], ['[1]', []])
  replica.apply(batch({ owners: new Map([['sa-one', undefined]]) }))
  assert.equal(replica.owner('sa-one'), undefined)
})

test('tokens narrowed to a scope are found by its own id, not by that of a scope above it', async () => {
  const replica = new Replica()
  const account = { account: 'acc-one' }
  const environment = { ...account, environment: 'env-one' }
  const workspace = { ...environment, workspace: 'ws-one' }
  const scopes = { 'at-account': [account], 'at-environment': [environment], 'at-two': [account, workspace] }
  for (const [id, paths] of Object.entries(scopes)) replica.putToken(token(id, { narrowing: { scopes: paths } }))
  replica.putToken(token('at-other', { narrowing: teams }))
  for (const [id, found] of Object.entries({
    'acc-one': ['at-account', 'at-two'],
    'env-one': ['at-environment'],
    'ws-one': ['at-two'],
    'ws-two': [],
  }))
    assert.deepEqual(await replica.tokensNarrowedTo(new Set([id])), found, id)
})

test('others are served between two slices of narrowed tokens', async () => {
  const replica = new Replica()
  const scopes = [{ account: 'acc-one' }]
  for (let number = 0; number < 100_001; number++) {
    const hash = new Uint8Array(32)
    new DataView(hash.buffer).setUint32(0, number * 40_000)
    replica.putToken(token(`at-${number}`, { hash, narrowing: { scopes } }))
  }
  let found: readonly string[] = []
  const turns = await turnsOf(async () => {
    found = await replica.tokensNarrowedTo(new Set(['acc-one']))
  })
  assert.deepEqual([found.length, turns], [100_001, 2])
})

const readFrom = ({ database }: PreparedDatabase) =>
  database.feed.read(null, async (_, view) => {
    const replica = await readOwners(view)
    await replica.loadTokens(view, new AbortController().signal)
    return replica
  })

const change = (kind: string, key: string) => ({ kind, key, sequence: 1, mark: null })

async function setUp(t: TestContext) {
  const stored = await preparedDatabase(t)
  const replica = await readFrom(stored)
  const read = (...changes: ReturnType<typeof change>[]) =>
    stored.database.feed.read(null, (_, view) => readBatch(view, changes, replica))
  return { ...stored, replica, read }
}

test('a replica is loaded with live tokens, owners and networks', async (t) => {
  const stored = await preparedDatabase(t)
  await stored.database.write(
    async (db) => void (await db.updateTable('accounts').set({ allowedIps: '["10.0.0.0/8"]' }).execute()),
  )
  await stored.insertTokens({ id: 'at-live' }, { id: 'at-revoked', revokedAt: '2030' })
  const replica = await readFrom(stored)
  assert.deepEqual(isIn(replica, 'at-live', 'at-revoked'), [true, false])
  assert.equal(replica.ownerOf(rowOf(replica, 'at-live'))?.id, stored.user)
  assert.deepEqual(replica.owner(stored.user)?.accounts, [stored.account])
  assert.deepEqual(
    replica.networksOf(stored.account).map(({ text }) => text),
    ['10.0.0.0/8'],
  )
  assert.deepEqual(JSON.parse(replica.networks.source), [{ id: stored.account, allowedIps: ['10.0.0.0/8'] }])
})

test('loaded rows do not replace what changed while they were read', async (t) => {
  const { database, insertTokens } = await preparedDatabase(t)
  const ids = ['at-revoked', 'at-deleted', 'at-changed', 'at-kept', 'at-narrowed']
  await insertTokens(...ids.map((id) => ({ id, ...(id === 'at-narrowed' ? { permissions: '["teams:read"]' } : {}) })))
  const load = (replica: Replica, signal = new AbortController().signal) =>
    database.feed.read(null, (_, view) => replica.loadTokens(view, signal))
  const replica = new Replica()
  const tokens = [
    { ...token('at-revoked'), revoked: true },
    { ...token('at-changed', { expires: 1 }), revoked: false },
  ]
  replica.apply(batch({ tokens, deletedTokens: new Set(['at-deleted']) }))
  await assert.rejects(load(replica, AbortSignal.abort()), { name: 'AbortError' })
  assert.deepEqual(isIn(replica, ...ids), [false, false, true, false, false])
  assert.deepEqual(await load(replica), ['at-narrowed'])
  assert.deepEqual(isIn(replica, ...ids), [false, false, true, true, false])
  assert.equal(replica.tokens.expiresAt(rowOf(replica, 'at-changed')), 1)
  assert.equal(replica.isComplete, false)
  replica.complete()
  assert.equal(replica.isComplete, true)
  replica.apply(batch({ tokens: [{ ...token('at-changed'), revoked: true }], deletedTokens: new Set(['at-kept']) }))
  assert.deepEqual(isIn(replica, 'at-changed', 'at-kept'), [false, false])
})

test('a batch has the rows of each kind of change, and nothing else', async (t) => {
  const { read, user, account, insertTokens } = await setUp(t)
  await insertTokens({ id: 'at-live' }, { id: 'at-revoked', revokedAt: '2030' }, { id: 'at-beside' })
  const seen = async (...changes: Parameters<typeof read>) => {
    const { owners, tokens, deletedTokens, networks, haveRightsChanged } = await read(...changes)
    return {
      ...(owners.size > 0 ? { owners: [...owners].map(([id, row]) => [id, row?.id]) } : {}),
      ...(tokens.length > 0 ? { tokens: tokens.map(({ id, revoked }) => [id, revoked]) } : {}),
      ...(deletedTokens.size > 0 ? { deleted: [...deletedTokens] } : {}),
      ...(networks ? { networks: [...networks.byAccount.keys()] } : {}),
      ...(haveRightsChanged ? { haveRightsChanged } : {}),
    }
  }
  assert.deepEqual(await seen(), {})
  assert.deepEqual(await seen(change('owner', user), change('owner', 'sa-deleted'), change('owner', user)), {
    owners: [
      [user, user],
      ['sa-deleted', undefined],
    ],
    haveRightsChanged: true,
  })
  assert.deepEqual(await seen(...['at-live', 'at-deleted', 'at-revoked'].map((id) => change('token', id))), {
    tokens: [
      ['at-live', false],
      ['at-revoked', true],
    ],
    deleted: ['at-deleted'],
  })
  assert.deepEqual(await seen(change('account', account)), { networks: [account] })
  assert.deepEqual(await seen(change('rights', '')), { haveRightsChanged: true })
  assert.deepEqual(await seen(change('scope', 'env-one')), {})
})

test('a changed scope reads the tokens again that are narrowed to it', async (t) => {
  const { read, account, replica, insertTokens } = await setUp(t)
  const scopes = [{ account, environment: 'env-one' }]
  for (const id of ['at-one', 'at-deleted']) replica.putToken(token(id, { narrowing: { scopes } }))
  await insertTokens({ id: 'at-one', scopes: '["env-one"]' })
  const { tokens, deletedTokens } = await read(change('scope', 'env-one'))
  assert.deepEqual(
    tokens.map(({ id, narrowing }) => [id, narrowing?.scopes]),
    [['at-one', []]],
    'the scope was deleted',
  )
  assert.deepEqual([...deletedTokens], ['at-deleted'])
})

test('rows are read in slices of 200, and others are served in between', async (t) => {
  const { read, insertTokens, insertServiceAccounts } = await setUp(t)
  const numbers = Array.from({ length: 401 }, (_, number) => number)
  await insertTokens(...numbers.map((number) => ({ id: `at-${number}` })))
  await insertServiceAccounts(...numbers.map((number) => ({ id: `sa-${number}` })))
  for (const [kind, prefix] of Object.entries({ token: 'at', owner: 'sa' }))
    for (const [count, wanted] of [
      [400, 1],
      [401, 2],
    ] as const) {
      let found = 0
      const turns = await turnsOf(async () => {
        const changes = numbers.slice(0, count).map((number) => change(kind, `${prefix}-${number}`))
        const { tokens, owners } = await read(...changes)
        found = tokens.length + [...owners.values()].filter(Boolean).length
      })
      assert.deepEqual([found, turns], [count, wanted], kind)
    }
})
