/**
 * Work that takes too long for a transaction, such as hashing a password, because all other writes would wait for it. When a
 * handler needs the result, its transaction is rolled back, the work is done outside, and the handler runs again with the result.
 */

/** Results by key. Set only in contexts created by `withSlowWork`. */
export type SlowResults = ReadonlyMap<string, unknown>

class NeedsWork extends Error {
  override name = 'NeedsWork'
  readonly key: string
  readonly work: () => Promise<unknown>

  constructor(key: string, work: () => Promise<unknown>) {
    super('This work has to run outside the transaction.')
    this.key = key
    this.work = work
  }
}

/** Returns the result of the work, which runs immediately if there is no transaction. The key identifies the work and all of its input. */
export async function outsideTransaction<T>(
  { slowResults }: { readonly slowResults?: SlowResults },
  key: string,
  work: () => Promise<T>,
): Promise<T> {
  if (!slowResults) return work()
  if (!slowResults.has(key)) throw new NeedsWork(key, work)
  return slowResults.get(key) as T
}

/** More than any handler needs. Stops a handler that requests different work on each attempt. */
const worksMax = 5

export async function withSlowWork<T>(attempt: (slowResults: SlowResults) => Promise<T>): Promise<T> {
  const results = new Map<string, unknown>()
  for (;;) {
    try {
      return await attempt(results)
    } catch (error) {
      if (!(error instanceof NeedsWork) || results.size >= worksMax) throw error
      results.set(error.key, await error.work())
    }
  }
}
