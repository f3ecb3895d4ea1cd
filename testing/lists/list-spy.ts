import type { TestContext } from 'node:test'
import type { Database } from '../../authority/database/database.ts'

/** Returns the results of the statements that lists and reports run from now on. The test may empty it. */
export function spyOnLists(test: TestContext, database: Database): Promise<unknown>[] {
  const results: Promise<unknown>[] = []
  const { lists } = database
  test.mock.method(database, 'lists', (signal: AbortSignal) => {
    const db = lists(signal)
    const executor = db.getExecutor()
    const run = executor.executeQuery.bind(executor)
    test.mock.method(executor, 'executeQuery', (...query: Parameters<typeof run>) => {
      const result = run(...query)
      results.push(result)
      return result
    })
    return db
  })
  return results
}
