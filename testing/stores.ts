/** New stores of each kind, for guarantees that hold on both databases. */
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { migratedStore } from './kit.ts'
import { emptyPostgres, temporaryPostgres } from './postgres.ts'
import { temporaryFolder } from './temporary-folder.ts'

type Test = Pick<TestContext, 'after'>

/** With the current schema, not initialized. */
export const stores = {
  sqlite: migratedStore,
  postgres: async (test: Test) => ({ url: await temporaryPostgres(test) }),
}

/** Without a schema. */
export const emptyStores = {
  sqlite: async (test: Test) => ({ file: join(temporaryFolder(test), 'mintmark.db') }),
  postgres: async (test: Test) => ({ url: await emptyPostgres(test) }),
}
