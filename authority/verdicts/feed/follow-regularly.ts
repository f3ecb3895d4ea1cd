import type { ImmediateFeed, PolledFeed } from '../../database/database.ts'

const pollMilliseconds = 200

export interface Following {
  readonly feed: ImmediateFeed | PolledFeed
  /** Two seconds by default. */
  readonly reconcileMilliseconds: number | undefined
  /** Reads the feed. On SQLite also without a change, so that reconciliation takes place. */
  read(): void
  onReconcileDue(): void
}

/** Polls PostgreSQL, and reads at once when another node notifies. Returns a function that stops it. */
export function followRegularly({ feed, reconcileMilliseconds = 2_000, read, onReconcileDue }: Following): () => void {
  const reconciling = setInterval(() => {
    onReconcileDue()
    if (feed.kind === 'immediate') read()
  }, reconcileMilliseconds)
  reconciling.unref()
  const polling = feed.kind === 'polled' ? setInterval(read, pollMilliseconds) : undefined
  const stopListening = feed.kind === 'polled' ? feed.listen(read) : () => undefined
  return () => {
    clearInterval(reconciling)
    clearInterval(polling)
    stopListening()
  }
}
