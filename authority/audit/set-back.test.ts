/** An attacker who restores older copies of rows and heads, and lets the server itself seal over the traces. */
import assert from 'node:assert/strict'
import { describe, type TestContext, test } from 'node:test'
import { pino } from 'pino'
import { masterKeys } from '../../testing/kit.ts'
import { rawSql } from '../../testing/raw-sql.ts'
import { stores } from '../../testing/stores.ts'
import { type Database, openDatabase } from '../database/database.ts'
import { fixedWorld } from '../world.ts'
import { insertAuditEvents } from './audit-event-store.ts'
import { deriveAuditKeys } from './audit-keys.ts'
import { openAuditLog } from './audit-log.ts'
import { verifyChains } from './verify.ts'

const keys = deriveAuditKeys(masterKeys)
const start = Date.UTC(2030, 0, 1)
const inA = "where account_id = 'acc-a'"

async function opened(t: TestContext, kind: keyof typeof stores) {
  const database = await openDatabase(await stores[kind](t))
  t.after(() => database.close())
  const world = fixedWorld(new Date(start).toISOString())
  const log: string[] = []
  const logger = pino({ base: null }, { write: (line: string) => void log.push(line) })
  const auditLog = await openAuditLog({ database, world, masterKeys, logger, auditRetentionDays: 30 })
  const sql = (text: string) => rawSql(database, text)
  const keep = async () => {
    await sql(`create table kept_heads as select * from audit_heads ${inA}`)
    await sql(`create table kept_events as select * from audit_events ${inA}`)
  }
  const removeChain = async () => {
    await sql(`delete from audit_events ${inA}`)
    await sql(`delete from audit_heads ${inA}`)
  }
  const wasNoticed = () => log.some((line) => line.includes('altered outside of Mintmark') && line.includes('acc-a'))
  return { database, world, auditLog, sql, keep, removeChain, wasNoticed }
}

const write = (database: Database, accountId: string, from: number, to: number) =>
  database.write((db) =>
    insertAuditEvents(
      db,
      Array.from({ length: to - from + 1 }, (_, i) => ({
        ...{ id: `ae-${accountId}-${from + i}`, accountId, action: 'tags.created' },
        at: new Date(start + (from + i) * 1000).toISOString(),
        ...{ actorType: 'users', actorId: 'user-1', tokenId: null, tokenLastCharacters: null, address: '192.0.2.1' },
        ...{ requestId: 'req', subjectType: 'tags', subjectId: 'tag-1', before: null, after: null },
        ...{ times: 1, position: null, seal: null },
      })),
    ),
  )

const breaksIn = async (database: Database) =>
  (await verifyChains(database.read, keys)).chains
    .filter(({ broken }) => broken)
    .map(({ accountId, broken }) => [accountId, broken?.position])

for (const kind of ['sqlite', 'postgres'] as const) {
  describe(kind, () => {
    test('anchors reveal a chain that was restored to an older copy, even after it has grown longer than before', async (t) => {
      const { database, auditLog, sql, keep, removeChain } = await opened(t, kind)
      await write(database, 'acc-a', 1, 4)
      await auditLog.seal()
      await keep()
      await write(database, 'acc-a', 5, 6)
      await auditLog.anchor()
      await removeChain()
      await sql('insert into audit_heads select * from kept_heads')
      await sql('insert into audit_events select * from kept_events')
      assert.deepEqual(await breaksIn(database), [['acc-a', 5]])
      await write(database, 'acc-a', 11, 19)
      await auditLog.anchor()
      assert.deepEqual(await breaksIn(database), [['acc-a', 6]])
    })

    test('anchors reveal events that were rewritten and sealed again by the server', async (t) => {
      const { database, auditLog, sql, keep } = await opened(t, kind)
      await write(database, 'acc-a', 1, 4)
      await auditLog.seal()
      await keep()
      await write(database, 'acc-a', 5, 9)
      await auditLog.anchor()
      await sql(`update audit_events set position = null, seal = null, actor_id = 'user-2' ${inA} and position > 4`)
      await sql(`delete from audit_heads ${inA}`)
      await sql('insert into audit_heads select * from kept_heads')
      await auditLog.seal()
      await write(database, 'acc-a', 20, 22)
      await auditLog.anchor()
      assert.deepEqual(await breaksIn(database), [['acc-a', 9]])
    })

    test('anchors reveal a chain that was deleted with its head, even after a new one exists', async (t) => {
      const { database, auditLog, removeChain } = await opened(t, kind)
      await write(database, 'acc-a', 1, 6)
      await auditLog.anchor()
      await removeChain()
      await write(database, 'acc-a', 11, 19)
      await auditLog.anchor()
      assert.deepEqual(await breaksIn(database), [['acc-a', 6]])
    })

    test('retention does not purge events with a forged time or after a gap', async (t) => {
      for (const statement of [
        `update audit_events set at = '2000-01-01T00:00:00.000Z' ${inA}`,
        `delete from audit_events ${inA} and position = 1`,
      ]) {
        const { database, world, auditLog, sql, wasNoticed } = await opened(t, kind)
        await write(database, 'acc-a', 1, 6)
        await auditLog.anchor()
        await sql(statement)
        if (statement.startsWith('delete')) world.set(new Date(start + 60 * 86_400_000).toISOString())
        await auditLog.purge()
        await auditLog.seal()
        assert.deepEqual(await breaksIn(database), [['acc-a', 1]], statement)
        assert.ok(wasNoticed(), 'the server logs it')
      }
    })

    const obstacles: Record<string, readonly string[]> = {
      'whose head was removed': [`delete from audit_heads ${inA}`],
      'whose head was set back': [`update audit_heads set length = 1 ${inA}`],
      'with an altered head and a forged row at the next position': [
        `update audit_events set position = 5, seal = 'forged' where id = 'ae-acc-a-5'`,
        `update audit_heads set mac = 'forged' ${inA}`,
      ],
    }
    for (const [what, statements] of Object.entries(obstacles)) {
      test(`a chain ${what} does not stop the sealing of other chains, and stays broken`, async (t) => {
        const { database, auditLog, sql, wasNoticed } = await opened(t, kind)
        await write(database, 'acc-a', 1, 4)
        await auditLog.seal()
        await write(database, 'acc-a', 5, 6)
        for (const statement of statements) await sql(statement)
        await write(database, 'acc-b', 1, 3)
        for (let turn = 0; turn < 3; turn++) await auditLog.seal()
        assert.deepEqual(await sql('select id from audit_events where position is null'), [])
        assert.deepEqual(
          (await breaksIn(database)).map(([account]) => account),
          ['acc-a'],
        )
        assert.ok(wasNoticed())
      })
    }

    test('a row at a position outside of its chain is a break', async (t) => {
      for (const position of ['-1', '0', '9007199254740993']) {
        const { database, auditLog, sql } = await opened(t, kind)
        await write(database, 'acc-a', 1, 4)
        await auditLog.seal()
        await write(database, 'acc-a', 9, 9)
        await sql(`update audit_events set position = ${position}, seal = 'forged' where id = 'ae-acc-a-9'`)
        assert.deepEqual(await breaksIn(database), [['acc-a', 5]], position)
      }
    })

    test('a log stays valid while it is verified during sealing, anchoring and purging', async (t) => {
      const { database, world, auditLog } = await opened(t, kind)
      await write(database, 'acc-a', 1, 1_500)
      await auditLog.anchor()
      let isOver = false
      const working = async () => {
        for (let turn = 2; !isOver; turn++) {
          await write(database, 'acc-a', turn * 1_000, turn * 1_000 + 99)
          await auditLog.anchor()
          world.set(new Date(start + 30 * 86_400_000 + turn * 100_000).toISOString())
          await auditLog.purge()
          await new Promise(setImmediate)
        }
      }
      const verifying = async () => {
        try {
          for (let turn = 0; turn < 10; turn++) assert.deepEqual(await breaksIn(database), [])
        } finally {
          isOver = true
        }
      }
      await Promise.all([working(), verifying()])
    })
  })
}
