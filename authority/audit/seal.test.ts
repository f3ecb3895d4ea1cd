import assert from 'node:assert/strict'
import { describe, type TestContext, test } from 'node:test'
import { masterKeys } from '../../testing/kit.ts'
import { rawSql } from '../../testing/raw-sql.ts'
import { stores } from '../../testing/stores.ts'
import { type Database, openDatabase, type Where } from '../database/database.ts'
import { fixedWorld } from '../world.ts'
import { type AuditRow, insertAuditEvent } from './audit-event-store.ts'
import { insertHeads } from './audit-head-store.ts'
import { deriveAuditKeys } from './audit-keys.ts'
import { newHead, signHead, systemChain } from './chain-head.ts'
import { countOverdue, sealPending } from './seal.ts'
import { type ChainReport, verifyChains } from './verify.ts'

const keys = deriveAuditKeys(masterKeys)
const sealing = { keys, world: fixedWorld('2030-01-01T00:00:00.000Z') }

const opened = async (t: TestContext, where: Where): Promise<Database> => {
  const database = await openDatabase(where)
  t.after(() => database.close())
  await database.write((db) => insertHeads(db, [signHead(keys, newHead(systemChain))]))
  return database
}

const idOf = (number: number, accountId: string | null) =>
  `ae-${accountId ?? 'none'}-${String(number).padStart(5, '0')}`

const row = (number: number, accountId: string | null): AuditRow => ({
  id: idOf(number, accountId),
  accountId,
  action: 'tags.created',
  at: new Date(Date.UTC(2030, 0, 1) + number * 1000).toISOString(),
  actorType: 'users',
  actorId: 'user-1',
  tokenId: 'at-1',
  tokenLastCharacters: 'abcdef',
  address: '192.0.2.1',
  requestId: `req-${number}`,
  subjectType: 'tags',
  subjectId: `tag-${number}`,
  before: null,
  after: JSON.stringify({ name: `tag ${number}` }),
  times: 1,
  position: null,
  seal: null,
})

const insertEvents = (database: Database, numbers: readonly number[], accountId: string | null) =>
  database.write(async (db) => {
    for (const number of numbers) await insertAuditEvent(db, row(number, accountId))
  })

const upTo = (count: number) => Array.from({ length: count }, (_, i) => i + 1)

const sealAll = async (database: Database): Promise<void> => {
  while ((await sealPending(database, sealing)) > 0);
}

const reportOf = async (database: Database, accountId: string | null): Promise<ChainReport | undefined> =>
  (await verifyChains(database.read, keys)).chains.find((report) => report.accountId === accountId)

const intact = (accountId: string, length: number) => ({ accountId, length, legacy: 0, purged: 0, broken: null })

/** Five sealed rows for each of two accounts, and five without an account. */
async function sealed(t: TestContext, kind: keyof typeof stores): Promise<Database> {
  const database = await opened(t, await stores[kind](t))
  for (const accountId of ['acc-a', 'acc-b', null]) await insertEvents(database, upTo(5), accountId)
  await sealAll(database)
  return database
}

const third = `where id = '${idOf(3, 'acc-a')}'`
const last = `where id = '${idOf(5, 'acc-a')}'`
const columns = {
  ...{ id: "'ae-x'", account_id: "'acc-x'", action: "'tags.deleted'", at: "'2030-01-01T00:00:03.001Z'" },
  ...{ actor_type: "'system'", actor_id: "'user-2'", token_id: 'null', token_last_characters: "'abcdeg'" },
  ...{ address: "''", request_id: "'req-4'", subject_type: "'teams'", subject_id: "'tag-4'", before: "'null'" },
  ...{ after: `'{"name":"tag 4"}'`, times: '2', seal: "'00'" },
}
const copy = (position: string, seal: string) =>
  `insert into audit_events select 'ae-new', account_id, action, at, actor_type, actor_id, token_id,
     token_last_characters, address, request_id, subject_type, subject_id, before, after, times, ${position}, ${seal}, owner_id
     from audit_events ${last}`

/** Changes that a person with access to the database could make, and the position of the resulting break. */
const tamperings: Record<string, { statements: readonly string[]; at: number }> = {
  ...Object.fromEntries(
    Object.entries(columns).map(([column, value]) => [
      `a row whose ${column} was altered`,
      { statements: [`update audit_events set ${column} = ${value} ${third}`], at: 3 },
    ]),
  ),
  'the first row removed': { statements: [`delete from audit_events where id = '${idOf(1, 'acc-a')}'`], at: 1 },
  'a row removed': { statements: [`delete from audit_events ${third}`], at: 3 },
  'the last row removed': { statements: [`delete from audit_events ${last}`], at: 5 },
  'all rows removed': { statements: [`delete from audit_events where account_id = 'acc-a'`], at: 1 },
  'a row deleted and the others moved up': {
    statements: [
      `delete from audit_events ${third}`,
      `update audit_events set position = 3 where id = '${idOf(4, 'acc-a')}'`,
      `update audit_events set position = 4 ${last}`,
    ],
    at: 3,
  },
  'two rows swapped': {
    statements: [
      `update audit_events set position = 99 ${third}`,
      `update audit_events set position = 3 ${last}`,
      `update audit_events set position = 5 ${third}`,
    ],
    at: 3,
  },
  'a row inserted after the last': { statements: [copy('6', 'seal')], at: 6 },
  'a row inserted in between': {
    statements: [`update audit_events set position = 6 ${last}`, copy('5', "'00'")],
    at: 5,
  },
  'a row removed from the chain': { statements: [`update audit_events set position = null ${third}`], at: 3 },
  'the end truncated and the length reduced': {
    statements: [`delete from audit_events ${last}`, `update audit_heads set length = 4 where account_id = 'acc-a'`],
    at: 4,
  },
  'the head altered': { statements: [`update audit_heads set head = '00' where account_id = 'acc-a'`], at: 5 },
  'the chain itself removed': { statements: [`delete from audit_heads where account_id = 'acc-a'`], at: 5 },
}

for (const kind of ['sqlite', 'postgres'] as const) {
  describe(kind, () => {
    test('rows are sealed in one chain per account, in the order of their times', async (t) => {
      const database = await sealed(t, kind)
      const { chains: reports } = await verifyChains(database.read, keys)
      assert.deepEqual(
        new Map(reports.map(({ accountId, length, broken }) => [accountId, [length, broken]])),
        new Map([
          ['acc-a', [5, null]],
          ['acc-b', [5, null]],
          [null, [5, null]],
        ]),
      )
      const rows = await database.read.selectFrom('auditEvents').selectAll().orderBy('id').execute()
      assert.deepEqual(
        rows.map(({ position }) => position),
        [...upTo(5), ...upTo(5), ...upTo(5)],
      )
      assert.equal(new Set(rows.map(({ seal }) => seal)).size, 15)
      assert.equal(await sealPending(database, sealing), 0, 'nothing is left to seal')
    })

    test('altered, deleted, inserted and reordered rows are detected with their position', async (t) => {
      const database = await sealed(t, kind)
      const tables = ['audit_events', 'audit_heads']
      for (const table of tables) await rawSql(database, `create table kept_${table} as select * from ${table}`)
      for (const [what, { statements, at }] of Object.entries(tamperings)) {
        for (const statement of statements) await rawSql(database, statement)
        const report = await reportOf(database, 'acc-a')
        assert.equal(report?.broken?.position, at, `${what}: ${JSON.stringify(report)}`)
        assert.equal((await reportOf(database, 'acc-b'))?.broken, null, `${what}: only there`)
        for (const table of tables) {
          await rawSql(database, `delete from ${table}`)
          await rawSql(database, `insert into ${table} select * from kept_${table}`)
        }
        assert.equal((await reportOf(database, 'acc-a'))?.broken, null, 'intact again after the rows are restored')
      }
    })

    test('a long chain is sealed in slices, and a gap in its middle is detected', async (t) => {
      const database = await opened(t, await stores[kind](t))
      await insertEvents(database, upTo(1_100), 'acc-a')
      await sealAll(database)
      assert.deepEqual(await reportOf(database, 'acc-a'), intact('acc-a', 1_100))
      await rawSql(database, `delete from audit_events where id = '${idOf(1_001, 'acc-a')}'`)
      assert.equal((await reportOf(database, 'acc-a'))?.broken?.position, 1_001)
    })

    test('concurrent sealers produce one chain', async (t) => {
      const where = await stores[kind](t)
      const programs = [await opened(t, where), await opened(t, where), await opened(t, where)]
      let writtenCount = 0
      const inserting = async () => {
        for (let turn = 0; turn < 12; turn++) {
          await insertEvents(programs[turn % 3] as Database, [turn * 2 + 1, turn * 2 + 2], 'acc-a')
          writtenCount += 2
        }
      }
      const sealingIn = async (database: Database) => {
        while (writtenCount < 24) {
          await sealPending(database, sealing)
          await new Promise(setImmediate)
        }
      }
      await Promise.all([inserting(), ...programs.map(sealingIn)])
      const database = programs[0] as Database
      await sealAll(database)
      assert.deepEqual(await reportOf(database, 'acc-a'), intact('acc-a', 24))
      const counted = 'select count(*) as total from audit_events where position is not null'
      assert.deepEqual(await rawSql(database, counted), [{ total: 24 }])
    })

    test('a late row is sealed after the existing ones, and an overdue unsealed row is counted', async (t) => {
      const database = await sealed(t, kind)
      await insertEvents(database, [0], 'acc-a')
      const afterAMinute = new Date(Date.parse(row(0, null).at) + 60_001)
      assert.equal(await countOverdue(database.read, afterAMinute), 1)
      assert.equal(await countOverdue(database.read, new Date(afterAMinute.getTime() - 2)), 0)
      await sealAll(database)
      assert.deepEqual(await reportOf(database, 'acc-a'), intact('acc-a', 6))
      assert.equal(await countOverdue(database.read, afterAMinute), 0)
    })
  })
}
