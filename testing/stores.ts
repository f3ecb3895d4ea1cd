/** A new, empty store of each kind, for guarantees that hold on both databases. */
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { temporaryFolder } from './kit.ts'
import { temporaryPostgres } from './postgres.ts'

type Test = Pick<TestContext, 'after'>

export const stores = {
  sqlite: async (test: Test) => ({ file: join(temporaryFolder(test), 'mintmark.db') }),
  postgres: async (test: Test) => ({ url: await temporaryPostgres(test) }),
}
