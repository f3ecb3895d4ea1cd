import assert from 'node:assert/strict'
import { test } from 'node:test'
import { stores } from '../../testing/stores.ts'
import { openDatabase } from '../database/database.ts'
import { findDerived } from './access-token-store.ts'
import { listDerived } from './derived-token-store.ts'

for (const [name, store] of Object.entries(stores))
  test(`created tokens are found through rotations, revoked tokens and each other, and the list is bounded (${name})`, async (t) => {
    const database = await openDatabase(await store(t))
    t.after(() => database.close())
    let number = 0
    const rows: Parameters<typeof rowOf>[0][] = []
    const add = (id: string, parentId: string | null, more: { family?: string; revoked?: boolean } = {}) =>
      rows.push({ id, parentId, number: number++, ...more })
    add('root', null)
    // A job that rotated its token a hundred times: all but the last are revoked.
    for (let turn = 1; turn <= 100; turn++)
      add(`turn-${turn}`, turn === 1 ? 'root' : `turn-${turn - 1}`, { family: 'root', revoked: turn < 100 })
    add('child-of-revoked', 'turn-50')
    add('revoked', 'root', { revoked: true })
    add('grandchild', 'revoked')
    add('great-grandchild', 'grandchild')
    add('unrelated', null)
    add('busy', null)
    for (let at = 0; at < 300; at++) add(`many-${at}`, 'busy')
    await database.withoutTransaction(async (db) => {
      for (const row of rows) await db.insertInto('accessTokens').values(rowOf(row)).execute()
    })
    const expected = ['child-of-revoked', 'grandchild', 'great-grandchild', 'turn-100']
    assert.deepEqual((await findDerived(database.read, 'root')).toSorted(), expected)
    const listed = await listDerived(database.read, ['unrelated', 'root', 'turn-60', 'busy'], 100)
    const of = (at: number) => listed.filter((row) => row.at === at).map(({ id }) => id)
    assert.deepEqual([of(0), of(1), of(2), of(3).length], [[], expected, ['turn-100'], 100])
    assert.equal((await findDerived(database.read, 'busy')).length, 300)
  })

function rowOf(given: { id: string; parentId: string | null; number: number; family?: string; revoked?: boolean }) {
  const { id, parentId, number, family, revoked } = given
  return {
    id,
    parentId,
    hash: Buffer.from(id),
    generation: 1,
    lastCharacters: 'abcdef',
    ownerKind: 'service-account',
    ownerId: 'sa-one',
    accountId: 'acc-one',
    name: id,
    description: null,
    permissions: null,
    scopes: null,
    expiresIn: null,
    createdAt: new Date(number * 1_000).toISOString(),
    expiresAt: null,
    createdById: null,
    lastUsedAt: null,
    family: family ?? id,
    predecessorId: family ? parentId : null,
    rotationKey: null,
    revokedAt: revoked ? '2030-01-01T00:00:00.000Z' : null,
    renewableUntil: null,
    assumePolicyId: null,
  }
}
