import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { type Authority, machine, startAuthority } from '../../testing/kit.ts'
import { temporaryFolder } from '../../testing/temporary-folder.ts'
import { type Database, openDatabase } from '../database/database.ts'
import { DatabaseTrouble } from '../database/errors.ts'
import { fixedWorld } from '../world.ts'
import { countRefusals, type Refused } from './refusals.ts'

const refused = (tokenId: string, code = 'token-expired'): Refused => ({
  tokenId,
  tokenLastCharacters: 'abcdef',
  code,
  ownerKind: 'service-account',
  ownerId: 'sa-1',
  accounts: ['acc-1'],
  address: '192.0.2.1',
  requestId: 'req-1',
})

async function fresh(t: TestContext): Promise<Database> {
  const database = await openDatabase({ file: `${temporaryFolder(t)}/mintmark.db` })
  t.after(() => database.close())
  return database
}

async function storedEvents({ read }: Database): Promise<unknown[][]> {
  const rows = await read
    .selectFrom('auditEvents')
    .selectAll()
    .where('action', '=', 'access-tokens.refused')
    .orderBy('at')
    .orderBy('tokenId')
    .orderBy('after')
    .execute()
  return rows.map(({ at, tokenId, after, times }) => [at.slice(11, 16), tokenId, JSON.parse(after ?? '').reason, times])
}

test('repeated refusals are written once a minute with their count, per token and reason', async (t) => {
  const database = await fresh(t)
  const world = fixedWorld('2030-01-01T00:00:00.000Z')
  const refusals = countRefusals(database, world)
  await refusals.flush()
  for (let i = 0; i < 1_000; i++) refusals.count(refused('at-1'))
  refusals.count(refused('at-1', 'token-revoked'))
  for (let i = 0; i < 3; i++) refusals.count(refused('at-2'))
  assert.deepEqual(await storedEvents(database), [], 'nothing is written before the flush')
  await refusals.flush()
  world.set('2030-01-01T00:01:00.000Z')
  refusals.count(refused('at-1'))
  await refusals.flush()
  await refusals.flush()
  assert.deepEqual(await storedEvents(database), [
    ['00:00', 'at-1', 'token-expired', 1_000],
    ['00:00', 'at-1', 'token-revoked', 1],
    ['00:00', 'at-2', 'token-expired', 3],
    ['00:01', 'at-1', 'token-expired', 1],
  ])
})

test('counts that could not be written are kept and written later, together with new ones', async (t) => {
  const database = await fresh(t)
  let isLost = true
  const failing: Database = {
    ...database,
    write: (work) => (isLost ? Promise.reject(new DatabaseTrouble('lost')) : database.write(work)),
  }
  const refusals = countRefusals(failing, fixedWorld('2030-01-01T00:00:00.000Z'))
  for (let i = 0; i < 5; i++) refusals.count(refused('at-1'))
  refusals.count(refused('at-2'))
  const flushing = refusals.flush()
  refusals.count(refused('at-1'))
  await assert.rejects(flushing, DatabaseTrouble)
  isLost = false
  await refusals.flush()
  assert.deepEqual(await storedEvents(database), [
    ['00:00', 'at-1', 'token-expired', 6],
    ['00:00', 'at-2', 'token-expired', 1],
  ])
})

test('refusals of any number of tokens use a bounded amount of memory', async (t) => {
  const database = await fresh(t)
  const refusals = countRefusals(database, fixedWorld('2030-01-01T00:00:00.000Z'))
  for (let i = 0; i < 10_050; i++) refusals.count(refused(`at-${i}`))
  await refusals.flush()
  assert.equal((await storedEvents(database)).length, 10_000)
})

test('a refused token with a valid signature is audited by id and last characters, a guess is not', async (t) => {
  const authority: Authority = await startAuthority(t)
  const { call, app } = authority
  const ci = await machine(authority, 'ci')
  const tokens = await call('GET', `/service-accounts/${ci.id}/access-tokens`)
  const { id } = tokens.json.data[0]
  assert.equal((await call('GET', '/tags', { token: ci.token })).status, 403)
  await call('DELETE', `/access-tokens/${id}`)
  const forged = `${ci.token.slice(0, -6)}${ci.token.endsWith('AAAAAA') ? 'BBBBBB' : 'AAAAAA'}`
  for (const token of [ci.token, forged, ci.token, forged]) {
    assert.equal((await call('GET', '/tags', { token })).status, 401)
  }
  await app.flush()
  const events = await call('GET', '/audit-events?filter[action]=access-tokens.refused')
  const refusals = events.json.data.map(({ attributes }: { attributes: Record<string, unknown> }) => [
    (attributes['after'] as { reason: string; permission?: string }).reason,
    (attributes['after'] as { reason: string; permission?: string }).permission,
    attributes['times'],
    attributes['token-id'],
    attributes['token-last-characters'],
    attributes['actor-id'],
  ])
  assert.deepEqual(refusals.toSorted(), [
    ['forbidden', 'tags:read', 1, id, ci.token.slice(-6), ci.id],
    ['token-revoked', undefined, 2, id, ci.token.slice(-6), ci.id],
  ])
})
