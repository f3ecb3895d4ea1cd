import assert from 'node:assert/strict'
import { test } from 'node:test'
import { hashToken } from '@mintmark/token'
import { preparedDatabase } from '../../testing/prepared/prepared-database.ts'
import { fixedWorld } from '../world.ts'
import { statesOf, type TokenState } from './states-of.ts'

const now = '2030-01-01T12:00:00.000Z'
const world = fixedWorld(now)

test('a token is active while it is not over and its owner may use it', async (t) => {
  const { database, insertTokens, insertServiceAccounts } = await preparedDatabase(t)
  await insertServiceAccounts({ id: 'sa-active' }, { id: 'sa-inactive', status: 'Inactive' }, { id: 'sa-revoking' })
  await database.write(
    async (db) =>
      void (await db
        .insertInto('pendingRevocations')
        .values({
          id: 'pending',
          ownerId: 'sa-revoking',
          createdUntil: '2030-01-01T11:00:00.500Z',
          sparedTokenId: 'at-spared',
          accounts: '[]',
          reason: '{}',
          toldBy: '{}',
        })
        .execute()),
  )
  const past = '2030-01-01T10:00:00.000Z'
  const ofService = (ownerId: string) => ({ ownerKind: 'service-account', ownerId })
  const cases: readonly [id: string, row: object, state: TokenState][] = [
    ['at-user', {}, 'active'],
    ['at-service', ofService('sa-active'), 'active'],
    ['at-revoked', { revokedAt: past }, 'inactive'],
    ['at-expired', { expiresAt: now }, 'inactive'],
    ['at-expires', { expiresAt: '2030-01-01T12:00:00.001Z' }, 'active'],
    ['at-inactive', ofService('sa-inactive'), 'inactive'],
    ['at-nobody', ofService('sa-deleted'), 'inactive'],
    // Creation times have a resolution of one second.
    ['at-before', { ...ofService('sa-revoking'), createdAt: '2030-01-01T11:00:00.900Z' }, 'inactive'],
    ['at-after', { ...ofService('sa-revoking'), createdAt: '2030-01-01T11:00:01.000Z' }, 'active'],
    ['at-spared', { ...ofService('sa-revoking'), createdAt: past }, 'active'],
  ]
  await insertTokens(...cases.map(([id, row]) => ({ id, ...row })))
  const asked = [...cases.map(([id]) => id), 'at-unknown', 'at-user']
  assert.deepEqual(await statesOf(database.read, world, asked.map(hashToken)), [
    ...cases.map(([, , state]) => state),
    'foreign',
    'active',
  ])
})

test('states of any number of tokens have the order of their hashes', async (t) => {
  const { database, insertTokens } = await preparedDatabase(t)
  // SQLite accepts 32,766 parameters per statement.
  const ids = Array.from({ length: 33_000 }, (_, number) => `at-${number}`)
  const known = new Set([0, 499, 500, 999, 1_000, 32_999].map((number) => `at-${number}`))
  await insertTokens(...[...known].map((id) => ({ id })))
  const states = await statesOf(database.read, world, ids.map(hashToken))
  assert.deepEqual(
    states,
    ids.map((id) => (known.has(id) ? 'active' : 'foreign')),
  )
})
