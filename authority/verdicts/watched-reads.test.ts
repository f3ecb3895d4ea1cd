/** The replica reads only columns that a trigger watches: SQLite reports the columns that each of its statements reads. */
import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test } from 'node:test'
import { dropChangeTriggers } from '../../testing/changes.ts'
import { openColumnRecorder } from '../../testing/column-reads.ts'
import { document, machine, masterKeys, startAuthority } from '../../testing/kit.ts'
import { rawSql } from '../../testing/raw-sql.ts'
import { temporaryFolder } from '../../testing/temporary-folder.ts'
import { type Database, openDatabase } from '../database/database.ts'
import { watchedTables } from '../database/feed/watched-tables.ts'
import { findGrants } from '../rights/rights-view.ts'
import { loadSigningKeys } from '../vault/signing-keys.ts'
import { openVault } from '../vault/vault.ts'
import { realWorld } from '../world.ts'
import { LiveReplica } from './live-replica.ts'
import { verifyToken } from './verify-token.ts'

test('a trigger watches every column that the replica and its verdicts read', async (t) => {
  const file = join(temporaryFolder(t), 'mintmark.db')
  const authority = await startAuthority(t, { store: { file } })
  const { call, prepared } = authority
  const ci = await machine(authority, 'ci', { permissions: ['*:read'], scope: ['accounts', prepared.account] })
  const environment = await call('POST', '/environments', { body: document('environments', { name: 'e' }) })
  const { id: scope } = environment.json.data
  const narrowed = document('access-tokens', { scopes: [scope], permissions: ['tags:read'] })
  const minted = await call('POST', `/service-accounts/${ci.id}/access-tokens`, { body: narrowed })
  const database = await openDatabase({ file })
  const { db, each, reads } = openColumnRecorder(file)
  t.after(async () => {
    await db.destroy()
    await database.close()
  })
  const observed: Database = {
    ...database,
    read: db,
    feed: {
      ...database.feed,
      read: (after, work) => database.feed.read(after, (answer, view) => work(answer, { ...view, db, each })),
    },
  }
  const events: string[] = []
  const replica = new LiveReplica(observed, { reconcileMilliseconds: 1, onEvent: ({ kind }) => events.push(kind) })
  t.after(() => replica.stop())
  await replica.start()
  await replica.loaded
  for (const id of [ci.id, prepared.user]) {
    const owner = replica.owner(id)
    assert.ok(owner)
    await replica.grants(owner)
    assert.ok((await findGrants(db, owner.kind, id)).length > 0)
  }
  // Every kind of change, and a token that is not in the index.
  for (const [type, id, attributes] of [
    ['accounts', prepared.account, { 'allowed-ips': ['127.0.0.0/8'] }],
    ['service-accounts', ci.id, { status: 'Inactive' }],
  ] as const)
    await call('PATCH', `/${type}/${id}`, { body: document(type, attributes) })
  await call('DELETE', `/environments/${scope}`)
  await call('DELETE', `/access-tokens/${minted.json.data.id}`)
  await replica.fresh(0)
  const vault = openVault(realWorld, masterKeys)
  const keys = await loadSigningKeys(database.read, vault)
  const verifier = { database: observed, replica, world: realWorld, maxStalenessMilliseconds: 0, key: keys.find }
  const verdict = await verifyToken(verifier, minted.json.data.attributes.token, null)
  assert.deepEqual([verdict.good, verdict.good || verdict.code], [false, 'token-revoked'])
  // Once reconciliation has repaired something, it has read everything that it ever reads.
  await dropChangeTriggers(database)
  await rawSql(database, "update users set status = 'Inactive'")
  while (!events.includes('healed')) await new Promise(setImmediate)

  const watched = new Set(
    watchedTables.flatMap(({ table, columns, absentOnceSet }) =>
      [...columns, absentOnceSet ?? ''].map((column) => `${table}.${column}`),
    ),
  )
  assert.deepEqual([...reads].filter((read) => !watched.has(read)).toSorted(), [], 'read, but not watched')
  const isRead = (column: string) => column.endsWith('.') || reads.has(column)
  assert.deepEqual([...watched].filter((column) => !isRead(column)).toSorted(), [], 'watched, but never read')
})
