import type { TestContext } from 'node:test'
import pg from 'pg'

/** Returns a function that returns how many statements this process has sent to PostgreSQL since. */
export function countStatements(test: TestContext): () => number {
  const { mock } = test.mock.method(pg.Client.prototype, 'query')
  return () => mock.callCount()
}
