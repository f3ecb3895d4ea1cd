import type { TestContext } from 'node:test'
import type { World } from '../../authority/context.ts'
import { openDatabase, type WriteWork } from '../../authority/database/database.ts'
import { initializeStore } from '../../authority/setup/initialize-store.ts'
import { realWorld } from '../../authority/world.ts'
import { masterKeys, migratedStore } from '../kit.ts'
import { rightsWriters, subjectWriters } from './row-writers.ts'

/** An initialized SQLite database, and rows as a test needs them: much faster than a server that creates them. */
export async function preparedDatabase(test: Pick<TestContext, 'after'>, world: World = realWorld) {
  const database = await openDatabase(await migratedStore(test))
  test.after(() => database.close())
  const { account, user } = await initializeStore(database, world, masterKeys, {
    host: 'mintmark.internal',
    tokenLifetime: null,
  })
  const write = <T>(work: WriteWork<T>) => database.write(work)
  const samples = {
    token: await database.read.selectFrom('accessTokens').selectAll().executeTakeFirstOrThrow(),
    account: await database.read.selectFrom('accounts').selectAll().executeTakeFirstOrThrow(),
    user: await database.read.selectFrom('users').selectAll().executeTakeFirstOrThrow(),
  }
  return {
    ...{ database, write, account, user },
    ...subjectWriters(write, samples),
    ...rightsWriters(write, samples),
  }
}

export type PreparedDatabase = Awaited<ReturnType<typeof preparedDatabase>>
