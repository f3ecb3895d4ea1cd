import assert from 'node:assert/strict'
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { eventually } from '../../../testing/eventually.ts'
import { temporaryFolder } from '../../../testing/temporary-folder.ts'
import { type Database, openDatabase, type WhereFile } from '../database.ts'
import { DatabaseTrouble } from '../errors.ts'
import { logBytesMax } from './checkpoints.ts'

const name = 'mintmark.db'

async function opened(t: TestContext, where: WhereFile): Promise<Database> {
  const database = await openDatabase(where)
  t.after(() => database.close().catch(() => undefined))
  return database
}

const insertKey = (database: Database, id: string, bytes = 1) =>
  database.write((db) =>
    db
      .insertInto('dataKeys')
      .values({
        id,
        accountId: null,
        wrapped: new Uint8Array(bytes),
        masterGeneration: 1,
        createdAt: '2030-01-01T00:00:00.000Z',
      })
      .execute(),
  )

const keysIn = async ({ read }: Database) =>
  (await read.selectFrom('dataKeys').select('id').orderBy('id').execute()).map(({ id }) => id)

const incidents: [what: string, says: RegExp, happen: (folder: string, file: string) => () => void][] = [
  ['the directory is moved', /deleted or moved while it was in use$/, (folder) => moved(folder)],
  ['the file is moved', /mintmark\.db was deleted or moved/, (_, file) => moved(file)],
  ['the write-ahead log is moved', /mintmark\.db-wal was deleted or moved/, (_, file) => moved(`${file}-wal`)],
  ['the shared index is moved', /mintmark\.db-shm was deleted or moved/, (_, file) => moved(`${file}-shm`)],
  ['the file is replaced by a copy', /mintmark\.db was replaced by another file/, (_, file) => replaced(file)],
  ['the write-ahead log is replaced', /mintmark\.db-wal was replaced by another/, (_, file) => replaced(`${file}-wal`)],
  ['the file is emptied', /mintmark\.db was overwritten while/, (_, file) => overwritten(file, Buffer.alloc(0))],
  [
    'the file is overwritten',
    /mintmark\.db was overwritten while/,
    (_, file) => overwritten(file, otherDatabase(file)),
  ],
]

/** Each returns a function that restores the previous state. */
function moved(path: string): () => void {
  renameSync(path, `${path}.elsewhere`)
  return () => renameSync(`${path}.elsewhere`, path)
}

function replaced(path: string): () => void {
  const moveBack = moved(path)
  copyFileSync(`${path}.elsewhere`, path)
  return () => {
    rmSync(path)
    moveBack()
  }
}

/** Overwrites in place, as `cp` does. */
function overwritten(path: string, content: Buffer): () => void {
  const before = readFileSync(path)
  writeFileSync(path, content)
  return () => writeFileSync(path, before)
}

/** The same database at another time, with a different mark. */
function otherDatabase(file: string): Buffer {
  const content = readFileSync(file)
  content.writeInt32BE(content.readInt32BE(60) + 1, 60)
  return content
}

for (const [what, says, happen] of incidents) {
  test(`no write resolves after ${what}, until it is restored`, async (t) => {
    const folder = join(temporaryFolder(t), 'data')
    const database = await opened(t, { file: join(folder, name) })
    await insertKey(database, 'before')
    assert.equal(database.storage?.trouble(), null)
    const restore = happen(folder, join(folder, name))
    await assert.rejects(insertKey(database, 'meanwhile'), (error: Error) => {
      assert.ok(error instanceof DatabaseTrouble)
      assert.match(error.message, says)
      return true
    })
    assert.match(database.storage?.trouble() ?? '', says)
    await assert.rejects(async () => database.storage?.probe(), DatabaseTrouble)
    restore()
    await insertKey(database, 'after')
    assert.deepEqual(await keysIn(database), ['after', 'before'])
  })
}

test('a write whose file disappears before the flush does not resolve', async (t) => {
  const folder = join(temporaryFolder(t), 'data')
  const database = await opened(t, { file: join(folder, name) })
  const writing = database.write(async (db) => {
    renameSync(folder, `${folder}.elsewhere`)
    await db.selectFrom('dataKeys').select('id').execute()
  })
  await assert.rejects(writing, /deleted or moved while it was in use/)
})

test('after the file is replaced, nothing that was read from it counts as fresh', async (t) => {
  const file = join(temporaryFolder(t), name)
  const database = await opened(t, { file })
  await insertKey(database, 'a')
  const { feed } = database
  assert.ok(feed.kind === 'immediate')
  feed.version()
  const restore = replaced(file)
  const problem = await eventually('the replacement is detected without a write', async () => {
    try {
      feed.version()
      return undefined
    } catch (error) {
      return (error as Error).message
    }
  })
  assert.match(problem, /was replaced by another file$/)
  restore()
})

interface Run {
  /** The files as a crash at the end would leave them. */
  readonly crashed: string
  /** The files after a clean stop. */
  readonly stopped: string
  readonly keys: number
}

const longBytes = 3_000_000

/** Writes some keys, and copies the files before and after a clean stop. */
async function run(data: string, copies: string, ids: readonly string[]): Promise<Run> {
  const database = await openDatabase({ file: join(data, name) })
  for (const id of ids) await insertKey(database, id, ids.length > 1 ? longBytes : 1)
  if (ids.length > 1) {
    // When the log is long, a thread copies it, and it is truncated.
    const logBytes = () => statSync(join(data, `${name}-wal`)).size
    for (let more = 0; logBytes() > 0; more++) {
      if (logBytes() < logBytesMax) await insertKey(database, `more-${more}`, longBytes)
      else await new Promise(setImmediate)
    }
    await insertKey(database, 'last')
  }
  const { length: keys } = await keysIn(database)
  const [crashed, stopped] = [`${copies}/${ids[0]}-crashed`, `${copies}/${ids[0]}-stopped`]
  copyAll(data, crashed)
  await database.close()
  copyAll(data, stopped)
  return { crashed, stopped, keys }
}

function copyAll(from: string, to: string): void {
  mkdirSync(to)
  for (const each of readdirSync(from)) if (!each.endsWith('-shm')) copyFileSync(join(from, each), join(to, each))
}

/** A directory with the database file of one time and the log of another. */
function mixed(folder: string, file: string | null, log: string): string {
  mkdirSync(folder)
  if (file) copyFileSync(join(file, name), join(folder, name))
  copyFileSync(join(log, `${name}-wal`), join(folder, `${name}-wal`))
  return join(folder, name)
}

test('a database file is opened only with its own write-ahead log', async (t) => {
  const copies = temporaryFolder(t)
  const data = join(copies, 'data')
  const first = await run(data, copies, ['a'])
  const second = await run(data, copies, ['b'])
  const third = await run(data, copies, ['c'])
  // Long enough for the log to be checkpointed and restarted.
  const long = await run(
    data,
    copies,
    Array.from({ length: 24 }, (_, i) => `d${i}`),
  )

  const fits: [what: string, file: string, log: string, keys: number][] = [
    ['of the same time', first.crashed, first.crashed, 1],
    ['of the run that started with it', first.stopped, second.crashed, 2],
    ['of the same time of a later run', third.crashed, third.crashed, 3],
    ['after a restart', long.crashed, long.crashed, long.keys],
  ]
  for (const [what, from, log, keys] of fits) {
    await t.test(`a log ${what} is replayed`, async (each) => {
      const database = await opened(each, { file: mixed(join(temporaryFolder(each), 'data'), from, log) })
      assert.equal((await keysIn(database)).length, keys)
      await insertKey(database, 'z')
    })
  }

  const mismatches: [what: string, file: string | null, log: string, says: RegExp][] = [
    ['an older file with a newer log', first.stopped, third.crashed, /do not belong together/],
    ['an older file after a crash with a newer log', first.crashed, third.crashed, /do not belong together/],
    ['a newer file with an older log', third.stopped, first.crashed, /do not belong together/],
    ['an older file with a restarted log', third.stopped, long.crashed, /do not belong together/],
    ['a log without a file', null, third.crashed, /is missing or empty/],
  ]
  for (const [what, from, log, says] of mismatches) {
    await t.test(`${what} is refused, and both files stay unchanged`, async (each) => {
      const file = mixed(join(temporaryFolder(each), 'data'), from, log)
      const before = readFileSync(`${file}-wal`)
      await assert.rejects(openDatabase({ file }), (error: Error) => {
        assert.ok(error instanceof DatabaseTrouble)
        assert.match(error.message, says)
        assert.ok(!error.message.includes('\n'))
        return true
      })
      assert.ok(readFileSync(`${file}-wal`).equals(before))
      assert.equal(existsSync(file), from !== null)
      if (from) assert.ok(readFileSync(file).equals(readFileSync(join(from, name))))
    })
  }
})

test('the target of a symbolic link is guarded', async (t) => {
  const folder = temporaryFolder(t)
  const real = join(folder, 'disk')
  mkdirSync(real)
  writeFileSync(join(real, 'real.db'), '')
  symlinkSync(join(real, 'real.db'), join(folder, name))
  const database = await opened(t, { file: join(folder, name) })
  for (const id of ['a', 'b', 'c', 'd']) await insertKey(database, id)
  const copy = join(folder, 'copy')
  copyAll(real, copy)
  const other = await opened(t, { file: join(copy, 'real.db') })
  assert.equal((await keysIn(other)).length, 4)

  rmSync(join(folder, name))
  symlinkSync(join(copy, 'real.db'), join(folder, name))
  await assert.rejects(insertKey(database, 'e'), /mintmark\.db was replaced by another file/)
})

test('two processes that write to one file agree on its log', async (t) => {
  const file = join(temporaryFolder(t), name)
  const [one, other] = [await opened(t, { file }), await opened(t, { file })]
  for (let i = 0; i < 40; i++) await insertKey(i % 2 ? one : other, `k${i}`, 2_000_000)
  const copy = join(temporaryFolder(t), 'copy')
  copyAll(join(file, '..'), copy)
  const third = await opened(t, { file: join(copy, name) })
  assert.equal((await keysIn(third)).length, 40)
})

const full = () => Object.assign(new Error('database or disk is full'), { code: 'ERR_SQLITE_ERROR', errcode: 13 })

test('on a full disk the reserve is deleted, and the write that failed is retried', async (t) => {
  const file = join(temporaryFolder(t), name)
  const room = { free: 200_000_000, total: 400_000_000 }
  const database = await opened(t, { file, reserve: true, room: () => room })
  await database.storage?.keepReserve()
  const reserve = `${file}-reserve`
  assert.equal(readFileSync(reserve).length, 10_000_000)
  let attempts = 0
  await database.write(async () => {
    if (attempts++ === 0) throw full()
  })
  assert.deepEqual([attempts, existsSync(reserve)], [2, false])
  await assert.rejects(
    database.write(async () => {
      throw full()
    }),
    /is on a full disk$/,
  )
  room.free = 12_000_000
  await database.storage?.keepReserve()
  assert.equal(existsSync(reserve), false, 'there is no room for it yet')
  room.free = 200_000_000
  await database.storage?.keepReserve()
  assert.equal(existsSync(reserve), true)
})

test('low disk space is reported in two levels, as shares of a small disk', async (t) => {
  let room = { free: 0, total: 0 }
  const { storage } = await opened(t, { file: join(temporaryFolder(t), name), room: () => room })
  const megabyte = 1024 * 1024
  for (const [free, total, state] of [
    [500 * megabyte, 1_000_000 * megabyte, 'enough'],
    [63 * megabyte, 1_000_000 * megabyte, 'short'],
    [31 * megabyte, 1_000_000 * megabyte, 'critical'],
    [11 * megabyte, 100 * megabyte, 'enough'],
    [9 * megabyte, 100 * megabyte, 'short'],
    [4 * megabyte, 100 * megabyte, 'critical'],
  ] as const) {
    room = { free, total }
    assert.equal(storage?.space(), state, `${free} of ${total}`)
  }
})
