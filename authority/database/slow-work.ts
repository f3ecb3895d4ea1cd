/**
 * Work that takes too long for a transaction, such as hashing a password: every other change would wait for it. Where a handler needs the
 * result of such work, its transaction is rolled back, the work is done outside, and the handler runs again with the result at hand.
 */

/** Results by key; present only in a context whose transaction is run by `withSlowWork`. */
export type SlowResults = ReadonlyMap<string, unknown>

class NeedsWork extends Error {
  override name = 'NeedsWork'
  readonly key: string
  readonly work: () => Promise<unknown>

  constructor(key: string, work: () => Promise<unknown>) {
    super('This has to be worked out before the transaction.')
    this.key = key
    this.work = work
  }
}

/** The result of the work, which is done at once where no transaction waits for it. The key names the work and all that goes into it. */
export async function outsideTransaction<T>(
  { slowResults }: { readonly slowResults?: SlowResults },
  key: string,
  work: () => Promise<T>,
): Promise<T> {
  if (!slowResults) return work()
  if (!slowResults.has(key)) throw new NeedsWork(key, work)
  return slowResults.get(key) as T
}

/** More than any handler needs: one that asks for other work each time would never end. */
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
