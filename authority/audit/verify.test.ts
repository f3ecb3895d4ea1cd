import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, type TestContext, test } from 'node:test'
import { pino } from 'pino'
import { masterKeys } from '../../testing/kit.ts'
import { rawSql } from '../../testing/raw-sql.ts'
import { stores } from '../../testing/stores.ts'
import { temporaryFolder } from '../../testing/temporary-folder.ts'
import { type Database, openDatabase } from '../database/database.ts'
import { fixedWorld } from '../world.ts'
import { parseHead } from './anchor.ts'
import { insertAuditEvents, listSealed } from './audit-event-store.ts'
import { changeHeads, findHead, insertHeads } from './audit-head-store.ts'
import { deriveAuditKeys, legacySeal } from './audit-keys.ts'
import { openAuditLog } from './audit-log.ts'
import { newHead } from './chain-head.ts'
import { verifyChains } from './verify.ts'

const keys = deriveAuditKeys(masterKeys)

async function opened(t: TestContext, kind: keyof typeof stores, options: object = {}) {
  const database = await openDatabase(await stores[kind](t))
  t.after(() => database.close())
  const world = fixedWorld('2030-01-01T00:00:00.000Z')
  const log: string[] = []
  const logger = pino({ base: null }, { write: (line: string) => void log.push(line) })
  const open = (given: object = {}) => openAuditLog({ database, world, masterKeys, logger, ...options, ...given })
  return { database, world, log, open }
}

const eventsOf = (accountId: string | null, from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, i) => from + i).map((number) => ({
    ...{ id: `ae-${accountId}-${String(number).padStart(5, '0')}`, accountId, action: 'tags.created' },
    at: new Date(Date.UTC(2030, 0, 1) + number * 1000).toISOString(),
    ...{ actorType: 'users', actorId: 'user-1', tokenId: null, tokenLastCharacters: null, address: '192.0.2.1' },
    ...{ requestId: `req-${number}`, subjectType: 'tags', subjectId: `tag-${number}`, before: null, after: null },
    ...{ times: 1, position: null, seal: null },
  }))

const write = (database: Database, accountId: string | null, from: number, to: number) =>
  database.write((db) => insertAuditEvents(db, eventsOf(accountId, from, to)))

const breaksIn = async (database: Database, since?: string) => {
  const { chains, holds } = await verifyChains(database.read, keys, since ? parseHead(since) : undefined)
  const broken = chains.filter((chain) => chain.broken)
  assert.equal(holds, broken.length === 0)
  return broken.map(({ accountId, broken }) => [accountId, broken?.position, broken?.reason])
}

const newestHead = (log: readonly string[]): string => JSON.parse(log.at(-1) ?? '{}').auditHead

/** Seals rows as an attacker would who can write to the database but has no key. */
async function forge(database: Database, accountId: string, after: number): Promise<void> {
  const rows = await listSealed(database.read, accountId, 0, 1_000)
  let seal = rows[after - 1]?.seal ?? ''
  for (const row of rows.slice(after)) {
    seal = legacySeal(seal, row.position as number, row)
    await rawSql(database, `update audit_events set seal = '${seal}' where id = '${row.id}'`)
  }
  await rawSql(database, `update audit_heads set head = '${seal}' where account_id = '${accountId}'`)
}

const inA = "where account_id = 'acc-a'"

for (const kind of ['sqlite', 'postgres'] as const) {
  describe(kind, () => {
    test('an attacker with write access to the database but without the key cannot hide a change', async (t) => {
      const { database, open } = await opened(t, kind)
      const auditLog = await open()
      for (const account of ['acc-a', 'acc-b', null]) await write(database, account, 1, 6)
      await auditLog.anchor()
      await write(database, 'acc-a', 7, 9)
      await auditLog.seal()
      assert.deepEqual(await breaksIn(database), [])
      const tables = ['audit_events', 'audit_heads']
      for (const table of tables) await rawSql(database, `create table kept_${table} as select * from ${table}`)
      const seal = (await rawSql(database, `select seal from audit_events ${inA} and position = 8`)) as [
        { seal: string },
      ]
      const attacks: Record<string, { run: () => Promise<unknown>; broken: readonly [string | null, number] }> = {
        'the end truncated and the head restored': {
          run: async () => {
            await rawSql(database, `delete from audit_events ${inA} and position > 8`)
            await rawSql(database, `update audit_heads set length = 8, head = '${seal[0].seal}' ${inA}`)
          },
          broken: ['acc-a', 8],
        },
        'a row rewritten and all later ones sealed without a key': {
          run: async () => {
            await rawSql(database, `update audit_events set action = 'nothing.happened' ${inA} and position = 4`)
            await forge(database, 'acc-a', 3)
          },
          broken: ['acc-a', 4],
        },
        'the same, with a head that claims a legacy part': {
          run: async () => {
            await rawSql(database, `update audit_events set action = 'nothing.happened' ${inA} and position = 4`)
            await forge(database, 'acc-a', 0)
            await rawSql(database, `update audit_heads set legacy_length = 9 ${inA}`)
          },
          broken: ['acc-a', 6],
        },
        'rows at the start deleted as if they had been purged': {
          run: async () => {
            await rawSql(database, `delete from audit_events ${inA} and position <= 8`)
            await rawSql(database, `update audit_heads set purged_length = 8, purged_seal = '${seal[0].seal}' ${inA}`)
          },
          broken: ['acc-a', 9],
        },
        'the head replaced by that of another chain': {
          run: () =>
            rawSql(
              database,
              `update audit_heads set mac = (select mac from kept_audit_heads where account_id = 'acc-b') ${inA}`,
            ),
          broken: ['acc-a', 9],
        },
        'a whole chain deleted': {
          run: async () => {
            await rawSql(database, `delete from audit_events ${inA}`)
            await rawSql(database, `delete from audit_heads ${inA}`)
          },
          broken: ['acc-a', 1],
        },
        'the system chain emptied': {
          run: async () => {
            await rawSql(database, 'delete from audit_events where account_id is null')
            await rawSql(database, `update audit_heads set length = 0, head = '' where account_id = ''`)
          },
          broken: [null, 0],
        },
        'the log emptied': {
          run: async () => {
            for (const table of tables) await rawSql(database, `delete from ${table}`)
          },
          broken: [null, 0],
        },
      }
      for (const [what, { run, broken }] of Object.entries(attacks)) {
        await run()
        const [found] = await breaksIn(database)
        assert.deepEqual(found?.slice(0, 2), broken, `${what}: ${JSON.stringify(found)}`)
        for (const table of tables) {
          await rawSql(database, `delete from ${table}`)
          await rawSql(database, `insert into ${table} select * from kept_${table}`)
        }
        assert.deepEqual(await breaksIn(database), [], `${what}: put right again`)
      }
    })

    test('the sealer does not sign a restored head as valid: the break stays and is reported', async (t) => {
      const { database, open, log } = await opened(t, kind)
      const auditLog = await open()
      await write(database, 'acc-a', 1, 6)
      await auditLog.seal()
      await rawSql(database, `delete from audit_events ${inA} and position > 4`)
      await rawSql(
        database,
        `update audit_heads set length = 4, head = (select seal from audit_events ${inA} and position = 4) ${inA}`,
      )
      await write(database, 'acc-a', 7, 8)
      await auditLog.seal()
      await auditLog.seal()
      assert.deepEqual(
        (await breaksIn(database)).map(([account, position]) => [account, position]),
        [['acc-a', 4]],
      )
      assert.ok(log.some((line) => line.includes('altered outside of Mintmark') && line.includes('acc-a')))
      const marked = await rawSql(database, `select action from audit_events ${inA} and action = 'audit-log.altered'`)
      assert.equal(marked.length, 1)
    })

    test('rows sealed before the log had a key stay verifiable, and later rows need the key', async (t) => {
      const { database, open, log } = await opened(t, kind)
      let seal = ''
      const legacy = eventsOf('acc-a', 1, 4).map((row, index) => {
        seal = legacySeal(seal, index + 1, row)
        return { ...row, position: index + 1, seal }
      })
      await database.write((db) => insertAuditEvents(db, legacy))
      await database.write((db) => insertHeads(db, [{ ...newHead('acc-a'), length: 4, head: seal }]))
      assert.deepEqual((await breaksIn(database)).map(([account]) => account)[0], null, 'no server has opened it yet')

      const auditLog = await open()
      assert.ok(log.some((line) => line.includes('"legacyRows":4')))
      await write(database, 'acc-a', 5, 6)
      await auditLog.seal()
      const { chains, holds } = await verifyChains(database.read, keys)
      assert.equal(holds, true)
      const inA = chains.find(({ accountId }) => accountId === 'acc-a')
      assert.deepEqual([inA?.length, inA?.legacy], [6, 4])
      await open()
      assert.equal((await findHead(database.read, 'acc-a'))?.legacyLength, 4, 'the legacy part never grows')
      await forge(database, 'acc-a', 4)
      assert.deepEqual((await breaksIn(database))[0]?.slice(0, 2), ['acc-a', 5])
      await rawSql(database, "update audit_heads set mac = null where account_id = 'acc-a'")
      await open()
      assert.deepEqual(
        (await breaksIn(database)).map(([account]) => account),
        ['acc-a'],
        'even after a restart',
      )
    })

    test('a new master key seals new rows, and the old one still verifies its rows', async (t) => {
      const { database, open } = await opened(t, kind)
      await write(database, 'acc-a', 1, 2)
      await (await open()).seal()
      const both = new Map([...masterKeys, [2, new Uint8Array(32).fill(9)]])
      const auditLog = await open({ masterKeys: both })
      await write(database, 'acc-a', 3, 4)
      await auditLog.seal()
      assert.equal((await verifyChains(database.read, deriveAuditKeys(both))).holds, true)
      const seals = (await listSealed(database.read, 'acc-a', 0, 10)).map((row) => row.seal?.split(':')[0])
      assert.deepEqual(seals, ['1', '1', '2', '2'])
      await assert.rejects(verifyChains(database.read, keys), /generation 2, which is missing/)
    })

    test('the same events have different seals under different master keys', async (t) => {
      const sealsUnder = async (masterKey: number) => {
        const { database, open } = await opened(t, kind)
        await write(database, 'acc-a', 1, 3)
        await (await open({ masterKeys: new Map([[1, new Uint8Array(32).fill(masterKey)]]) })).seal()
        return (await listSealed(database.read, 'acc-a', 0, 10)).map(({ seal }) => seal)
      }
      const [one, other] = [await sealsUnder(1), await sealsUnder(2)]
      assert.equal(new Set([...one, ...other]).size, 6)
    })

    test('a head recorded outside the database reveals that the whole log was restored', async (t) => {
      const file = join(temporaryFolder(t), 'heads.jsonl')
      const { database, open, log } = await opened(t, kind, { auditAnchorFile: file })
      const auditLog = await open()
      await write(database, 'acc-a', 1, 4)
      await auditLog.anchor()
      const early = newestHead(log)
      const tables = ['audit_events', 'audit_heads']
      for (const table of tables) await rawSql(database, `create table kept_${table} as select * from ${table}`)
      await write(database, 'acc-a', 5, 6)
      await auditLog.anchor()
      const late = newestHead(log)
      assert.notEqual(early, late)
      const anchors = readFileSync(file, 'utf8').trimEnd().split('\n')
      assert.deepEqual(
        anchors.map((line) => JSON.parse(line).head),
        [early, late],
      )
      await auditLog.anchor()
      assert.equal(newestHead(log), late, 'no anchor is sent while nothing changes')
      for (const head of [early, late]) assert.deepEqual(await breaksIn(database, head), [])
      for (const table of tables) {
        await rawSql(database, `delete from ${table}`)
        await rawSql(database, `insert into ${table} select * from kept_${table}`)
      }
      assert.deepEqual(await breaksIn(database), [], 'without the head the log looks intact')
      assert.deepEqual(await breaksIn(database, early), [])
      assert.match(String((await breaksIn(database, late))[0]), /does not contain the expected head/)
      const wrong = early.replace(/[0-9a-f]{4}$/, (end) => (end === '0000' ? '1111' : '0000'))
      assert.match(String((await breaksIn(database, wrong))[0]), /does not contain the expected head/)
    })

    test('retention deletes old rows, and the rest of each chain stays valid', async (t) => {
      const { database, world, open } = await opened(t, kind, { auditRetentionDays: 30 })
      const auditLog = await open()
      await write(database, 'acc-a', 1, 1_203)
      await auditLog.anchor()
      await auditLog.purge()
      assert.equal((await listSealed(database.read, 'acc-a', 0, 1)).at(0)?.position, 1, 'no row is old enough yet')
      world.set(new Date(Date.UTC(2030, 0, 31) + 1_200_500).toISOString())
      await auditLog.purge()
      await auditLog.seal()
      const { chains, holds } = await verifyChains(database.read, keys)
      assert.equal(holds, true, JSON.stringify(chains))
      assert.equal(chains.find(({ accountId }) => accountId === 'acc-a')?.purged, 1_200)
      const rows = await listSealed(database.read, 'acc-a', 0, 10)
      assert.deepEqual(
        rows.map(({ position, action }) => [position, action]),
        [
          [1_201, 'tags.created'],
          [1_202, 'tags.created'],
          [1_203, 'tags.created'],
          [1_204, 'audit-log.purged'],
        ],
      )
      await rawSql(database, `delete from audit_events ${inA} and position = 1201`)
      assert.deepEqual((await breaksIn(database))[0]?.slice(0, 2), ['acc-a', 1_201])
    })

    test('a row inserted after the last one does not stop sealing, and stays a break', async (t) => {
      const { database, open, log } = await opened(t, kind)
      const auditLog = await open()
      await write(database, 'acc-a', 1, 4)
      await auditLog.seal()
      await write(database, 'acc-a', 9, 9)
      await rawSql(database, `update audit_events set position = 5, seal = 'forged' ${inA} and position is null`)
      await write(database, 'acc-a', 5, 6)
      await write(database, 'acc-b', 1, 2)
      await auditLog.seal()
      assert.equal(await auditLog.seal(), 4)
      assert.ok(log.some((line) => line.includes('altered outside of Mintmark') && line.includes('acc-a')))
      assert.deepEqual(
        (await breaksIn(database)).map(([account, position]) => [account, position]),
        [['acc-a', 5]],
      )
      await rawSql(database, `delete from audit_events ${inA} and position = 5`)
      assert.deepEqual((await breaksIn(database))[0]?.slice(0, 2), ['acc-a', 5], 'even after the row is deleted')
    })

    test('a node that stops in the middle of sealing does not block other nodes', async (t) => {
      const { database, open } = await opened(t, kind)
      const auditLog = await open()
      await write(database, 'acc-a', 1, 4)
      await write(database, 'acc-b', 1, 4)
      await auditLog.seal()
      await write(database, 'acc-a', 5, 6)
      await write(database, 'acc-b', 5, 6)
      const head = await findHead(database.read, 'acc-a')
      assert.ok(head)
      if (database.kind === 'postgres') {
        // The other node locks the head of one chain and never commits.
        const held = Promise.withResolvers<void>()
        const over = Promise.withResolvers<void>()
        const stuck = database.read.transaction().execute(async (db) => {
          await changeHeads(db, 'postgres', [{ ...head, before: head.mac }])
          held.resolve()
          await over.promise
        })
        await held.promise
        try {
          assert.equal(await auditLog.seal(), 2, 'the other chain is sealed')
        } finally {
          over.resolve()
        }
        await stuck
      }
      await auditLog.seal()
      assert.deepEqual(await breaksIn(database), [])
      assert.equal((await findHead(database.read, 'acc-a'))?.length, 6)
    })
  })
}

test('postgres: a write neither waits nor conflicts while the events of its account are sealed', async (t) => {
  const { database, open } = await opened(t, 'postgres')
  const auditLog = await open()
  await write(database, 'acc-a', 1, 3)
  const [begun, sealed] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
  let attempts = 0
  const writing = database.write(async (db) => {
    attempts += 1
    // A write may read the events of its account.
    await db.selectFrom('auditEvents').select('id').where('accountId', '=', 'acc-a').execute()
    await insertAuditEvents(db, eventsOf('acc-a', 4, 4))
    begun.resolve()
    await sealed.promise
    await insertAuditEvents(db, eventsOf('acc-a', 5, 5))
  })
  await begun.promise
  try {
    assert.equal(await auditLog.seal(), 4, 'sealing does not wait for the write')
  } finally {
    sealed.resolve()
  }
  await writing
  assert.equal(attempts, 1)
  await auditLog.seal()
  assert.deepEqual(await breaksIn(database), [])
})
