/**
 * Loads the tokens of a replica while it is already in use. Until a token is loaded, verdicts on it read the database, as for
 * every token that is not in the index. Decision 37.
 */
import { setTimeout as pause } from 'node:timers/promises'
import type { ImmediateFeed, PolledFeed } from '../../database/database.ts'
import { type Change, OlderThanReplica, type Position, refuseOlder } from '../../database/feed-position.ts'
import type { Replica } from '../replica.ts'

const retryMilliseconds = 1_000
const idsPerRead = 1_000

interface Options {
  readonly feed: ImmediateFeed | PolledFeed
  /** Reads the feed, and with it the `pending` tokens. */
  read(): Promise<void>
  onFailed(error: Error): void
}

export class TokenLoader {
  readonly #options: Options
  #ending = new AbortController()
  /** Resolves to whether all tokens are loaded; false if the load was ended. */
  done: Promise<boolean> = Promise.resolve(false)
  #pending: readonly Change[] = []

  constructor(options: Options) {
    this.#options = options
  }

  /** Begins to load the tokens of a replica that is at this position. Ends a load that is still running. */
  begin(replica: Replica, position: Position): void {
    this.#ending.abort()
    this.#ending = new AbortController()
    this.done = this.#load(replica, position, this.#ending.signal)
  }

  /** Narrowed tokens, which have to be read together with the changes of their scopes. */
  get pending(): readonly Change[] {
    return this.#pending
  }

  /** Others may have become pending while these were read. */
  applied(pending: readonly Change[]): void {
    if (this.#pending === pending) this.#pending = []
  }

  async end(): Promise<void> {
    this.#ending.abort()
    await this.done
  }

  /** Retries until it succeeds. */
  async #load(replica: Replica, position: Position, signal: AbortSignal): Promise<boolean> {
    while (!signal.aborted) {
      try {
        await this.#applyNarrowed(await this.#loadOthers(replica, position, signal), signal)
        if (signal.aborted) return false
        replica.complete()
        return true
      } catch (error) {
        if (signal.aborted) return false
        this.#options.onFailed(error as Error)
        await pause(retryMilliseconds, undefined, { signal, ref: false }).catch(() => undefined)
      }
    }
    return false
  }

  /** A snapshot older than the position would bring back tokens that were revoked before it. */
  #loadOthers(replica: Replica, position: Position, signal: AbortSignal): Promise<string[]> {
    return this.#options.feed.read(null, (answer, view) => {
      if (answer.origin !== position.origin) throw new OlderThanReplica('Another server or database answers.')
      refuseOlder(position, answer)
      return replica.loadTokens(view, signal)
    })
  }

  async #applyNarrowed(ids: readonly string[], signal: AbortSignal): Promise<void> {
    for (let start = 0; start < ids.length && !signal.aborted; start += idsPerRead) {
      const some = ids.slice(start, start + idsPerRead)
      this.#pending = some.map((key) => ({ kind: 'token', key, sequence: 0, mark: null }))
      await this.#options.read()
    }
  }
}
