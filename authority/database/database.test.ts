import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, chownSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { describe, type TestContext, test } from 'node:test'
import { sql } from 'kysely'
import { insertChange } from '../../testing/changes.ts'
import { emptyPostgres, query } from '../../testing/postgres.ts'
import { emptyStores } from '../../testing/stores.ts'
import { temporaryFolder } from '../../testing/temporary-folder.ts'
import { type Database, type Db, openDatabase, type Where } from './database.ts'
import { DatabaseTrouble, UniqueViolation } from './errors.ts'
import type { Change } from './feed-position.ts'

const isRoot = process.getuid?.() === 0
const nobody = 65_534
const canBeOrdinary = !isRoot || mayBecome(nobody)

function mayBecome(user: number): boolean {
  try {
    process.seteuid?.(user)
    process.seteuid?.(0)
    return true
  } catch {
    return false
  }
}

/** Uses a separate connection, not the one under test. */
const foreignStatement = async (where: Where, statement: string): Promise<void> => {
  if ('url' in where) return query(where.url, statement)
  const other = new DatabaseSync(where.file)
  other.exec(statement)
  other.close()
}

const opened = async (t: TestContext, where: Where): Promise<Database> => {
  const database = await openDatabase(where)
  t.after(() => database.close().catch(() => undefined))
  return database
}

const insertKey = (db: Db, id: string, accountId: string | null = null, wrapped: Uint8Array = new Uint8Array(1)) =>
  db
    .insertInto('dataKeys')
    .values({ id, accountId, wrapped, masterGeneration: 1, createdAt: '2030-01-01T00:00:00.000Z' })
    .execute()

/** Returns the id. */
const storeKey = (database: Database, id: string, bytes?: Uint8Array): Promise<string> =>
  database.write(async (db) => {
    await insertKey(db, id, null, bytes)
    return id
  })

const keysIn = async (database: Database): Promise<string[]> => {
  const rows = await database.read.selectFrom('dataKeys').select('id').orderBy('id').execute()
  return rows.map(({ id }) => id)
}

const numbered = (count: number, prefix = 'k') =>
  Array.from({ length: count }, (_, i) => `${prefix}${String(i).padStart(4, '0')}`)

/** Reads a number and writes the next: correct only if no other write came in between. */
const increment = async (db: Db): Promise<void> => {
  const { length } = await db.selectFrom('auditHeads').selectAll().executeTakeFirstOrThrow()
  await db
    .updateTable('auditHeads')
    .set({ length: length + 1 })
    .execute()
}

const headOf = (accountId: string, length: number) => ({
  ...{ accountId, length, head: '', legacyLength: 0, purgedLength: 0, purgedSeal: '' },
  ...{ anchoredLength: 0, alteredLength: null, mac: null },
})

const startCounting = (db: Db) => db.insertInto('auditHeads').values(headOf('', 0)).execute()

const counted = async ({ read }: Database): Promise<number> =>
  (await read.selectFrom('auditHeads').selectAll().executeTakeFirstOrThrow()).length

const since = ({ feed }: Database, sequence: number): Promise<readonly Change[]> =>
  feed.read({ sequence, holes: [] }, async ({ changes }) => changes)

const newest = ({ feed }: Database): Promise<number> => feed.read(null, async (answer) => answer.newest)

for (const kind of ['sqlite', 'postgres'] as const) {
  describe(kind, () => {
    const fresh = async (t: TestContext) => opened(t, await emptyStores[kind](t))

    test('a write is atomic', async (t) => {
      const database = await fresh(t)
      const refusal = new Error('refused')
      const half = database.write(async (db) => {
        await insertKey(db, 'first')
        throw refusal
      })
      await assert.rejects(half, refusal)
      assert.deepEqual(await keysIn(database), [])
      assert.equal(await storeKey(database, 'whole'), 'whole')
      assert.deepEqual(await keysIn(database), ['whole'])
    })

    test('a failing write does not affect writes in the same commit', async (t) => {
      const database = await fresh(t)
      const outcomes = await Promise.allSettled(
        numbered(40).map((id, i) =>
          database.write(async (db) => {
            await insertKey(db, id)
            if (i % 4 === 1) throw new Error(`refused ${id}`)
            if (i % 4 === 3) await insertKey(db, id)
            return id
          }),
        ),
      )
      const kept = numbered(40).filter((_, i) => i % 2 === 0)
      assert.deepEqual(await keysIn(database), kept)
      assert.deepEqual(
        outcomes.flatMap((outcome) => (outcome.status === 'fulfilled' ? outcome.value : [])),
        kept,
      )
      const [refused, duplicate] = [outcomes[1], outcomes[3]] as PromiseRejectedResult[]
      assert.equal(refused?.reason.message, 'refused k0001')
      assert.ok(duplicate?.reason instanceof UniqueViolation)
    })

    test('a resolved write is still there after the database is reopened', async (t) => {
      const where = await emptyStores[kind](t)
      const database = await openDatabase(where)
      await Promise.all(numbered(30).map((id) => database.write((db) => insertKey(db, id))))
      const other = await opened(t, where)
      assert.deepEqual(await keysIn(other), numbered(30), 'visible to another connection immediately')
      await database.close()
      assert.deepEqual(await keysIn(await opened(t, where)), numbered(30))
    })

    test('one of several concurrent writes of the same unique value succeeds, and the others fail with UniqueViolation', async (t) => {
      const database = await fresh(t)
      const outcomes = await Promise.allSettled(
        numbered(8).map((id) => database.write((db) => insertKey(db, id, 'acc-1'))),
      )
      const refused = outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? [outcome.reason] : []))
      assert.equal(refused.length, 7)
      for (const reason of refused) assert.ok(reason instanceof UniqueViolation, String(reason))
      assert.equal((await keysIn(database)).length, 1)
    })

    test('concurrent read-modify-write transactions of two processes lose no update', async (t) => {
      const where = await emptyStores[kind](t)
      const programs = [await opened(t, where), await opened(t, where)]
      await programs[0]?.write(startCounting)
      // With statistics, PostgreSQL scans a small table sequentially, so that every write conflicts with every other.
      await foreignStatement(where, 'analyze')
      await Promise.all(numbered(64).map((_, i) => programs[i % 2]?.write(increment)))
      assert.equal(await counted(programs[0] as Database), 64)
    })

    test('a database that several processes open at the same time is migrated once', async (t) => {
      const where = await emptyStores[kind](t)
      const all = await Promise.all(numbered(6).map(() => opened(t, where)))
      for (const [i, database] of all.entries()) await database.write((db) => insertKey(db, `k${i}`))
      assert.equal((await keysIn(all[0] as Database)).length, 6)
      const { rows } = await sql`select name from migrations order by name`.execute((all[0] as Database).read)
      const files = readdirSync(join(import.meta.dirname, 'migrations')).toSorted()
      assert.deepEqual(
        rows,
        files.map((file) => ({ name: file.replace('.ts', '') })),
      )
    })

    test('a schema newer than the program is refused by name and left unchanged', async (t) => {
      const where = await emptyStores[kind](t)
      await (await openDatabase(where)).close()
      await foreignStatement(where, "insert into migrations (name) values ('0999-later')")
      await assert.rejects(openDatabase(where), (error: Error) => {
        assert.ok(error instanceof DatabaseTrouble)
        assert.match(error.message, /schema 0999-later, newer than this program/)
        return true
      })
      await foreignStatement(where, "delete from migrations where name = '0999-later'")
      await opened(t, where)
    })

    test('a migration that cannot be completed changes nothing', async (t) => {
      const where = await emptyStores[kind](t)
      await foreignStatement(where, 'create table changes (somebody_elses text)')
      await assert.rejects(openDatabase(where), (error: Error) => {
        assert.ok(error instanceof DatabaseTrouble)
        assert.match(error.message, /the schema cannot be brought up to date: .*changes.* already exists/)
        return true
      })
      await foreignStatement(where, 'drop table changes')
      await opened(t, where)
    })

    test('bytes, nulls, large numbers and texts are read back as they were written', async (t) => {
      const database = await fresh(t)
      const bytes = Uint8Array.from({ length: 256 }, (_, i) => i)
      const text = 'a"\'\\ %_ \u0301é 😀 \u{10ffff}\n\t'
      const large = Number.MAX_SAFE_INTEGER
      await database.write(async (db) => {
        await insertKey(db, text, null, bytes)
        await insertKey(db, 'empty', '', new Uint8Array(0))
        await db.insertInto('auditHeads').values(headOf(text, large)).execute()
      })
      const rows = await database.read.selectFrom('dataKeys').selectAll().orderBy('id').execute()
      assert.deepEqual(
        rows.map(({ wrapped, ...row }) => ({ ...row, wrapped: [...wrapped] })),
        [
          {
            id: text,
            accountId: null,
            wrapped: [...bytes],
            masterGeneration: 1,
            createdAt: '2030-01-01T00:00:00.000Z',
          },
          { id: 'empty', accountId: '', wrapped: [], masterGeneration: 1, createdAt: '2030-01-01T00:00:00.000Z' },
        ],
      )
      assert.equal(Object.getPrototypeOf(rows[0]), Object.prototype)
      assert.deepEqual(await database.read.selectFrom('auditHeads').selectAll().execute(), [headOf(text, large)])
      const found = database.read.selectFrom('dataKeys').select('id').where('wrapped', '=', bytes).execute()
      assert.deepEqual(await found, [{ id: text }])
      const { rows: sums } = await sql`select count(*) as total from data_keys`.execute(database.read)
      assert.deepEqual(sums, [{ total: 2 }])
    })

    test('texts are ordered by bytes, in any locale of the server', async (t) => {
      const database = await fresh(t)
      const texts = ['b', 'B', 'a', 'A', 'ä', 'Z', '_', '-', ' ', '10', '9', 'e\u0301', 'é', '\uff61', '😀', 'aa', 'ab']
      await database.write(async (db) => {
        for (const text of texts) await insertKey(db, text)
      })
      const inBytes = texts.toSorted((one, other) => Buffer.compare(Buffer.from(one), Buffer.from(other)))
      assert.deepEqual(await keysIn(database), inBytes)
    })

    test('the feed contains each change once and in order, and none of a failed write', async (t) => {
      const where = await emptyStores[kind](t)
      const [database, other] = [await opened(t, where), await opened(t, where)]
      assert.deepEqual(await since(database, 0), [])
      assert.equal(await newest(database), 0)
      await database.write(async (db) => {
        await insertChange(db, 'token', 'one')
        await insertChange(db, 'owner', 'two')
      })
      const failed = database.write(async (db) => {
        await insertChange(db, 'token', 'never')
        throw new Error('refused')
      })
      await assert.rejects(failed)
      await other.write((db) => insertChange(db, 'token', 'three'))
      const all = await since(database, 0)
      assert.deepEqual(
        all.map((change) => [change.kind, change.key]),
        [
          ['token', 'one'],
          ['owner', 'two'],
          ['token', 'three'],
        ],
      )
      assert.equal(await newest(database), all.at(-1)?.sequence)
      assert.deepEqual(await since(database, all[0]?.sequence as number), all.slice(1))
      assert.deepEqual(await since(database, all[2]?.sequence as number), [])
    })

    test('the feed misses none of many concurrent changes', async (t) => {
      const where = await emptyStores[kind](t)
      const programs = [await opened(t, where), await opened(t, where)]
      const keys = numbered(60)
      await Promise.all(keys.map((key, i) => programs[i % 2]?.write((db) => insertChange(db, 'token', key))))
      const changes = await since(programs[0] as Database, 0)
      assert.deepEqual(changes.map(({ key }) => key).toSorted(), keys)
      assert.ok(changes.every(({ sequence }, i) => i === 0 || sequence > (changes[i - 1] as Change).sequence))
    })

    test('each yields every row of a long result, as arrays', async (t) => {
      const database = await fresh(t)
      await database.write((db) =>
        sql`insert into changes (kind, key)
            with recursive n (i) as (select 1 union all select i + 1 from n where i < 45000)
            select 'token', 'at-' || i from n`.execute(db),
      )
      let rows = 0
      let sum = 0
      await database.each('select sequence, key, null from changes order by sequence', (row) => {
        rows += 1
        sum += row[0] as number
        if (rows === 45_000) assert.deepEqual([...row], [45_000, 'at-45000', null])
      })
      assert.deepEqual([rows, sum], [45_000, (45_000 * 45_001) / 2])
    })

    test('each lets other work run between parts of a long result, and does not hide new writes from other reads', async (t) => {
      const database = await fresh(t)
      await database.write((db) =>
        sql`insert into changes (kind, key)
            with recursive n (i) as (select 1 union all select i + 1 from n where i < 20000)
            select 'token', 'at-' || i from n`.execute(db),
      )
      let turns = 0
      let isOver = false
      const count = () => {
        turns += 1
        if (!isOver) setImmediate(count)
      }
      setImmediate(count)
      let rows = 0
      const reading = database
        .each('select key from changes', () => void rows++)
        .finally(() => {
          isOver = true
        })
      await database.write((db) => insertKey(db, 'meanwhile'))
      assert.deepEqual(await keysIn(database), ['meanwhile'])
      await reading
      assert.equal(rows, 20_000)
      assert.ok(turns >= 4, `${turns} turns`)
    })

    test('a callback that throws midway leaves the database usable', async (t) => {
      const database = await fresh(t)
      await database.write((db) => insertChange(db, 'token', 'one'))
      const stop = new Error('enough')
      for (let i = 0; i < 20; i++) {
        const reading = database.each('select * from changes', () => {
          throw stop
        })
        await assert.rejects(reading, stop)
      }
      await assert.rejects(
        database.each('select * from nothing', () => undefined),
        /nothing|lacks tables/,
      )
      await database.write((db) => insertChange(db, 'token', 'two'))
      assert.equal((await since(database, 0)).length, 2)
    })

    test('continuous writes do not block other work of the process', async (t) => {
      const database = await fresh(t)
      let isServed = false
      setTimeout(() => {
        isServed = true
      })
      for (let i = 0; i < 5_000 && !isServed; i++) await database.write(async () => undefined)
      assert.ok(isServed)
    })

    test('closing a database finishes pending writes first', async (t) => {
      const where = await emptyStores[kind](t)
      const database = await openDatabase(where)
      const answers = numbered(150).map((id) => storeKey(database, id))
      await database.close()
      assert.deepEqual(await Promise.all(answers), numbered(150))
      assert.deepEqual(await keysIn(await opened(t, where)), numbered(150))
    })
  })
}

describe('sqlite only', () => {
  test('only the owner can read the file and its directory', async (t) => {
    const folder = join(temporaryFolder(t), 'deep', 'data')
    const file = join(folder, 'mintmark.db')
    const database = await opened(t, { file })
    await database.write((db) => insertKey(db, 'one'))
    const modes = [folder, file, `${file}-wal`, `${file}-shm`].map((path) => statSync(path).mode & 0o777)
    assert.deepEqual(modes, [0o700, 0o600, 0o600, 0o600])
  })

  test('a file that others could read becomes private', async (t) => {
    const file = join(temporaryFolder(t), 'mintmark.db')
    writeFileSync(file, '', { mode: 0o644 })
    await opened(t, { file })
    assert.equal(statSync(file).mode & 0o777, 0o600)
  })

  const unusable: Record<string, (folder: string) => { file: string; line: RegExp }> = {
    'a directory instead of the file': (folder) => {
      mkdirSync(join(folder, 'mintmark.db'))
      return { file: join(folder, 'mintmark.db'), line: /mintmark\.db is a directory$/ }
    },
    'a path below a file': (folder) => {
      writeFileSync(join(folder, 'data'), '')
      return { file: join(folder, 'data/mintmark.db'), line: /mintmark\.db is below a path that is not a directory$/ }
    },
    'a path several levels below a file': (folder) => {
      writeFileSync(join(folder, 'data'), '')
      return { file: join(folder, 'data/a/b.db'), line: /b\.db is below a path that is not a directory$/ }
    },
    'a file that is not a database': (folder) => {
      writeFileSync(join(folder, 'notes.txt'), 'Not a database at all. '.repeat(100))
      return { file: join(folder, 'notes.txt'), line: /notes\.txt is not a Mintmark database$/ }
    },
  }
  for (const [what, make] of Object.entries(unusable)) {
    test(`${what} is reported in one clear line`, async (t) => {
      const { file, line } = make(temporaryFolder(t))
      await assert.rejects(openDatabase({ file }), (error: Error) => {
        assert.ok(error instanceof DatabaseTrouble)
        assert.match(error.message, line)
        return true
      })
    })
  }

  test('a file that is not a database is left unchanged', async (t) => {
    const file = join(temporaryFolder(t), 'notes.txt')
    const notes = 'Not a database at all. '.repeat(100)
    writeFileSync(file, notes)
    await assert.rejects(openDatabase({ file }), DatabaseTrouble)
    assert.equal(readFileSync(file, 'utf8'), notes)
  })

  test('a damaged file is reported in one clear line', async (t) => {
    const file = join(temporaryFolder(t), 'mintmark.db')
    await (await openDatabase({ file })).close()
    const bytes = readFileSync(file)
    writeFileSync(file, bytes.fill(0xff, 100, 4096))
    await assert.rejects(openDatabase({ file }), (error: Error) => {
      assert.ok(error instanceof DatabaseTrouble)
      assert.match(error.message, /mintmark\.db is damaged$/)
      return true
    })
  })

  const forbidden: Record<string, (folder: string, file: string) => { file: string; line: RegExp }> = {
    'a read-only directory': (folder, file) => {
      writeFileSync(file, '')
      giveAway(folder, file)
      chmodSync(folder, 0o500)
      return { file, line: /mintmark\.db is read-only$/ }
    },
    'a directory that cannot be created': (folder) => {
      giveAway(folder)
      chmodSync(folder, 0o500)
      return { file: join(folder, 'data/mintmark.db'), line: /mintmark\.db cannot be accessed: permission denied$/ }
    },
    'a read-only file': (folder, file) => {
      writeFileSync(file, '', { mode: 0o400 })
      giveAway(folder, file)
      return { file, line: /mintmark\.db cannot be accessed: permission denied$/ }
    },
  }
  for (const [what, make] of Object.entries(forbidden)) {
    test(`${what} is reported in one clear line`, {
      skip: canBeOrdinary ? false : 'permission bits do not restrict root, which cannot become another user here',
    }, async (t) => {
      const folder = temporaryFolder(t)
      const { file, line } = make(folder, join(folder, 'mintmark.db'))
      const opening = asOrdinaryUser(() => openDatabase({ file })).finally(() => chmodSync(folder, 0o700))
      await assert.rejects(opening, (error: Error) => {
        assert.ok(error instanceof DatabaseTrouble, String(error))
        assert.match(error.message, line)
        return true
      })
    })
  }

  test('a file that another program keeps locked is reported in one clear line, and nothing is written', async (t) => {
    const where = { file: join(temporaryFolder(t), 'mintmark.db'), busyMilliseconds: 50 }
    const database = await opened(t, where)
    const release = await lockedByAnother(t, where.file)
    const isLocked = (error: Error) => {
      assert.ok(error instanceof DatabaseTrouble)
      assert.match(error.message, /mintmark\.db is locked by another program$/)
      return true
    }
    await assert.rejects(openDatabase(where), isLocked)
    await assert.rejects(
      database.write((db) => insertKey(db, 'never')),
      isLocked,
    )
    await release()
    await database.write((db) => insertKey(db, 'later'))
    assert.deepEqual(await keysIn(database), ['later'])
  })

  test('while a write waits for another program, other work continues', async (t) => {
    const where = { file: join(temporaryFolder(t), 'mintmark.db'), busyMilliseconds: 60_000 }
    const database = await opened(t, where)
    const release = await lockedByAnother(t, where.file)
    const order: string[] = []
    const written = database.write((db) => insertKey(db, 'patient')).then(() => order.push('written'))
    // The queue starts in the next turn of the event loop: only then does the write wait.
    for (let turn = 0; turn < 5; turn++) await new Promise(setImmediate)
    assert.deepEqual(await keysIn(database), [])
    order.push('read')
    await release()
    await written
    assert.deepEqual(order, ['read', 'written'])
  })

  test('a full disk keeps exactly the resolved writes, and writing continues once there is room', async (t) => {
    const database = await opened(t, { file: join(temporaryFolder(t), 'mintmark.db') })
    const pages = (most: number) =>
      database.withoutTransaction((db) => sql.raw(`pragma max_page_count = ${most}`).execute(db))
    const { rows } = await database.withoutTransaction((db) =>
      sql<{ page_count: number }>`pragma page_count`.execute(db),
    )
    const { pageCount } = rows[0] as unknown as { pageCount: number }
    await pages(pageCount + 20)
    const sized = (i: number) => new Uint8Array(i % 3 === 0 ? 30_000 : 10)
    const fill = (ids: string[]) => Promise.allSettled(ids.map((id, i) => storeKey(database, id, sized(i))))
    const outcomes: PromiseSettledResult<string>[] = []
    // Some writes are alone, some share a commit.
    for (const id of numbered(8)) outcomes.push(...(await fill([id])))
    outcomes.push(...(await fill(numbered(30, 'm'))))
    const refused = outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? [outcome.reason] : []))
    const answered = outcomes.flatMap((outcome) => (outcome.status === 'fulfilled' ? [outcome.value] : []))
    assert.ok(refused.length > 0)
    for (const reason of refused) {
      assert.ok(reason instanceof DatabaseTrouble, String(reason))
      assert.match(reason.message, /mintmark\.db is on a full disk$/)
    }
    assert.deepEqual(await keysIn(database), answered.toSorted())
    await pages(1_000_000)
    await database.write((db) => insertKey(db, 'z', null, new Uint8Array(100_000)))
    assert.ok((await keysIn(database)).includes('z'))
  })
})

describe('postgres only', () => {
  test('an unreachable server is reported in one clear line, without the password', async () => {
    const server = createServer().listen(0, '127.0.0.1')
    await once(server, 'listening')
    const { port } = server.address() as { port: number }
    server.close()
    await once(server, 'close')
    await assert.rejects(openDatabase({ url: `postgres://me:hush@127.0.0.1:${port}/x` }), (error: Error) => {
      assert.ok(error instanceof DatabaseTrouble)
      assert.match(
        error.message,
        /^PostgreSQL at 127\.0\.0\.1:\d+ refused the connection: no program listens on this port$/,
      )
      return true
    })
  })

  const refusedAddresses: Record<string, [change: (url: URL) => void, sentence: RegExp]> = {
    'a wrong password': [(url) => (url.password = 'hush'), /rejected the user name or password$/],
    'an unknown database': [(url) => (url.pathname = '/not_there'), /has no database of this name$/],
  }
  for (const [what, [change, sentence]] of Object.entries(refusedAddresses)) {
    test(`${what} is reported in one clear line, without the password`, async (t) => {
      const url = new URL(await emptyPostgres(t))
      change(url)
      await assert.rejects(openDatabase({ url: url.href }), (error: Error) => {
        assert.ok(error instanceof DatabaseTrouble)
        assert.match(error.message, sentence)
        assert.ok(!error.message.includes(url.password))
        return true
      })
    })
  }

  test('a write whose connection is lost is rolled back and fails with DatabaseTrouble, and the next one succeeds', async (t) => {
    const database = await opened(t, await emptyStores.postgres(t))
    const lost = database.write(async (db) => {
      await insertKey(db, 'lost')
      await sql`select pg_terminate_backend(pg_backend_pid())`.execute(db)
    })
    await assert.rejects(lost, DatabaseTrouble)
    const lostBetween = database.write(async (db) => {
      const { rows } = await sql<{ pid: number }>`select pg_backend_pid() as pid`.execute(db)
      await sql`select pg_terminate_backend(${rows[0]?.pid})`.execute(database.read)
      // The first statement notices the loss; the next one finds the connection unusable.
      await insertKey(db, 'lost').catch(() => undefined)
      await insertKey(db, 'lost')
    })
    await assert.rejects(lostBetween, DatabaseTrouble)
    await database.write((db) => insertKey(db, 'next'))
    assert.deepEqual(await keysIn(database), ['next'])
  })

  const troubles: Record<string, (db: Db) => Promise<unknown>> = {
    'a statement that takes too long': async (db) => {
      await sql`set local statement_timeout = 20`.execute(db)
      await sql`select pg_sleep(60)`.execute(db)
    },
    'a read-only server': async (db) => {
      await sql`set transaction read only`.execute(db)
      await insertKey(db, 'never')
    },
  }
  for (const [what, write] of Object.entries(troubles)) {
    test(`${what} fails with DatabaseTrouble`, async (t) => {
      const database = await opened(t, await emptyStores.postgres(t))
      await assert.rejects(database.write(write), DatabaseTrouble)
      assert.deepEqual(await keysIn(database), [])
    })
  }

  for (const code of ['40001', '40P01']) {
    test(`a write with endless conflicts (${code}) fails with DatabaseTrouble after a few attempts`, async (t) => {
      const database = await opened(t, await emptyStores.postgres(t))
      let tries = 0
      const write = database.write(async (db) => {
        tries += 1
        await insertKey(db, 'never')
        throw Object.assign(new Error('could not serialize access'), { code })
      })
      await assert.rejects(write, (error: Error) => {
        assert.ok(error instanceof DatabaseTrouble)
        assert.match(error.message, /^PostgreSQL is too busy/)
        return true
      })
      assert.ok(tries > 1 && tries < 10, `${tries} tries`)
      assert.deepEqual(await keysIn(database), [])
    })
  }

  test('a transaction has its id before it takes a number in the feed, even if that is its first statement', async (t) => {
    const where = await emptyStores.postgres(t)
    const database = await opened(t, where)
    for (const key of ['one', 'two']) await database.write((db) => insertChange(db, 'token', key))
    // Taking a number fails from here on: what is done before it remains, what comes after does not.
    await foreignStatement(where, 'alter sequence changes_sequence_seq maxvalue 2')
    await database.write(async (db) => {
      const id = async () =>
        (await sql<{ id: string | null }>`select pg_current_xact_id_if_assigned()::text as id`.execute(db)).rows[0]?.id
      await sql`savepoint before`.execute(db)
      assert.equal(await id(), null)
      await assert.rejects(insertChange(db, 'token', 'three'), /reached maximum value/)
      await sql`rollback to before`.execute(db)
      assert.ok(await id())
    })
  })

  test('the feed can be read while all other connections are in use', async (t) => {
    const database = await opened(t, await emptyStores.postgres(t))
    const { promise: enough, resolve: letGo } = Promise.withResolvers<void>()
    const taken = numbered(40).map(() => database.write(() => enough))
    try {
      assert.equal(await newest(database), 0)
    } finally {
      letGo()
    }
    await Promise.all(taken)
  })
})

/** Permission bits do not restrict root, so the test temporarily becomes another user. */
async function asOrdinaryUser<T>(work: () => Promise<T>): Promise<T> {
  if (!isRoot) return work()
  process.seteuid?.(nobody)
  try {
    return await work()
  } finally {
    process.seteuid?.(0)
  }
}

function giveAway(...paths: string[]): void {
  if (isRoot) for (const path of paths) chownSync(path, nobody, nobody)
}

/** Another process that starts a write and does not end it. Resolves to a function that releases the lock. */
async function lockedByAnother(t: TestContext, file: string): Promise<() => Promise<void>> {
  const script = `
    const database = new (require('node:sqlite').DatabaseSync)(${JSON.stringify(file)})
    database.exec('begin immediate')
    process.stdout.write('locked')
    process.stdin.on('end', () => process.exit()).resume()`
  const child = spawn(process.execPath, ['-e', script], { stdio: ['pipe', 'pipe', 'inherit'] })
  t.after(() => child.kill())
  await once(child.stdout, 'data')
  return async () => {
    child.stdin.end()
    await once(child, 'exit')
  }
}
