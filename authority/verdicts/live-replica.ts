/**
 * Keeps this node's replica current by the change feed and knows its staleness. On SQLite it checks for changes before
 * verdicts; PostgreSQL is polled, and the time of the last successful poll is the bound. State changes only after a successful
 * read, and never to an older state.
 */
import type { Grant, Narrowing } from '@mintmark/token'
import type { Database, FeedView } from '../database/database.ts'
import {
  advance,
  type FeedAnswer,
  OlderThanReplica,
  type Position,
  refuseOlder,
  type Step,
  startAt,
} from '../database/feed-position.ts'
import { DatabaseClock } from './clocks/clock.ts'
import { followRegularly } from './feed/follow-regularly.ts'
import { TokenLoader } from './feed/token-loader.ts'
import { OlderAnswers, serverWentBack } from './freshness/older-answers.ts'
import { SerialReads } from './freshness/serial-reads.ts'
import { GrantCache } from './grant-cache.ts'
import type { Network } from './networks.ts'
import { begin, isDifferent, noDifferences, reconcile } from './reconcile.ts'
import { Replica, readBatch, readOwners } from './replica.ts'
import type { LiveReplicaOptions, ReplicaEvent } from './replica-event.ts'
import type { TokenIndex } from './token-index.ts'
import type { Owner } from './verdict-store.ts'

/** With a staler replica the node reports that it is not ready. */
const readyMilliseconds = 5_000

export class LiveReplica {
  /** Undefined if the database uses this machine's clock. */
  readonly clock: DatabaseClock | undefined
  readonly #database: Database
  readonly #options: LiveReplicaOptions
  #replica = new Replica()
  #grants: GrantCache
  #position: Position | undefined
  /** Why the replica has to be reloaded; null if it does not. */
  #mustReload: { readonly reason: string; readonly isOther: boolean } | null = null
  /** Databases that were followed before. If one answers again, a failover has left it behind. */
  #left = new Set<string>()
  readonly #older = new OlderAnswers()
  #version = -1
  #knownAt = Number.NEGATIVE_INFINITY
  readonly #reads = new SerialReads(() => this.#read())
  #progress = begin()
  #isReconcileDue = false
  /** A part of the changes is applied. Verdicts wait until all are, because no state of the database was like that. */
  #isPartial = false
  readonly #loader: TokenLoader
  #stop = (): void => undefined

  constructor(database: Database, options: LiveReplicaOptions = {}) {
    this.#database = database
    this.#options = options
    this.#grants = new GrantCache(database.read)
    this.#loader = new TokenLoader({
      feed: database.feed,
      read: () => this.#reads.afterNow(),
      onFailed: (error) => this.#emit({ kind: 'reload-failed', error }),
    })
    const { world } = options
    if (world && !world.isSimulated && database.feed.kind === 'polled') this.clock = new DatabaseClock(world)
  }

  /** Starts to follow the feed. Resolves when verdicts can be given; tokens are loaded afterwards. */
  async start(): Promise<void> {
    await this.#reads.now()
    this.#stop = followRegularly({
      feed: this.#database.feed,
      reconcileMilliseconds: this.#options.reconcileMilliseconds,
      read: () => void this.#reads.afterNow().catch(() => undefined),
      onReconcileDue: () => {
        this.#isReconcileDue = true
      },
    })
  }

  /** Resolves to whether all tokens are in memory; false if this node was stopped. */
  get loaded(): Promise<boolean> {
    return this.#loader.done
  }

  async stop(): Promise<void> {
    this.#stop()
    await this.#loader.end()
    await this.#reads.idle()
  }

  get tokens(): TokenIndex {
    return this.#replica.tokens
  }

  /** Staleness: milliseconds since the replica was last known to be complete. */
  get age(): number {
    if (this.#mustReload !== null) return Number.POSITIVE_INFINITY
    return this.#database.feed.kind === 'immediate' ? 0 : performance.now() - this.#knownAt
  }

  get isReady(): boolean {
    return this.age < readyMilliseconds
  }

  /**
   * Ensures that the replica is no staler than the bound. Returns undefined rather than a promise if it already is; rejects if
   * the database does not answer.
   */
  fresh(maxStalenessMilliseconds: number): Promise<void> | undefined {
    const { feed } = this.#database
    if (feed.kind === 'polled')
      return this.#isPartial || this.age > maxStalenessMilliseconds ? this.#reads.afterNow() : undefined
    return feed.version() === this.#version ? undefined : this.#readImmediate()
  }

  /**
   * Call after a write of this node: the change takes effect with the next request, and other nodes are notified. The write
   * stands even if the database is lost right after it; then the replica counts as stale until the database answers again.
   */
  async afterWrite(): Promise<void> {
    const { feed } = this.#database
    if (feed.kind !== 'polled') return
    feed.notifyNodes()
    await this.#reads.afterNow().catch(() => {
      this.#knownAt = Number.NEGATIVE_INFINITY
    })
  }

  ownerOf = (row: number): Owner | undefined => this.#replica.ownerOf(row)

  owner = (id: string): Owner | undefined => this.#replica.owner(id)

  /** The number of tokens of an owner that are not revoked, including expired ones; undefined until all are loaded. */
  liveTokens = (ownerId: string): number | undefined => this.#replica.liveTokens(ownerId)

  narrowing = (tokenId: string): Narrowing | null => this.#replica.narrowing(tokenId)

  networks = (accountId: string): readonly Network[] => this.#replica.networksOf(accountId)

  /** Each change of rights replaces the cache, so a read that started before the change does not end up in the new one. */
  grants = (owner: Owner): Promise<readonly Grant[]> => this.#grants.find(owner)

  /** The grants that `grants` returned before; undefined if they have to be read. */
  knownGrants = (owner: Owner): readonly Grant[] | undefined => this.#grants.known(owner.id)

  async #readImmediate(): Promise<void> {
    const { feed } = this.#database
    while (feed.kind === 'immediate' && feed.version() !== this.#version) await this.#reads.now()
  }

  async #read(): Promise<void> {
    try {
      while (this.#position && this.#mustReload === null && (await this.#follow(this.#position)))
        await new Promise(setImmediate)
      if (!this.#position || this.#mustReload !== null) await this.#reload(this.#position)
    } catch (error) {
      if (error instanceof OlderThanReplica) {
        const { feed } = this.#database
        if (this.#older.isFirst && feed.kind === 'polled') feed.renew()
        this.#emit({ kind: 'older-refused', error })
      } else if (this.#mustReload !== null) this.#emit({ kind: 'reload-failed', error: error as Error })
      throw error
    }
  }

  /** Reads and applies changes. Returns whether there are more. */
  async #follow(position: Position): Promise<boolean> {
    const { feed } = this.#database
    const startedAt = performance.now()
    const version = feed.kind === 'immediate' ? feed.version() : -1
    const { sequence, holes } = position
    return feed.read({ sequence, holes: [...holes.keys()] }, async (answer, view) => {
      this.#examine(answer, startedAt)
      const step = this.#older.areOfServer(position, answer, startedAt) ? serverWentBack : advance(position, answer)
      if (step.kind !== 'ahead') return this.#noticeOther(step, position)
      const { pending } = this.#loader
      const batch = await readBatch(view, [...step.changes, ...pending], this.#replica)
      this.#replica.apply(batch)
      this.#loader.applied(pending)
      if (batch.haveRightsChanged) this.#grants = new GrantCache(this.#database.read)
      this.#position = step.position
      this.#isPartial = answer.isPartial
      if (answer.isPartial) return true
      this.#knownAt = startedAt
      this.#version = version
      if (this.#isReconcileDue && this.#replica.isComplete) await this.#reconcile(view, version)
      return false
    })
  }

  #noticeOther({ kind, reason }: Exclude<Step, { kind: 'ahead' }>, { sequence }: Position): false {
    this.#mustReload = { reason, isOther: kind === 'replaced' }
    const { feed } = this.#database
    if (kind === 'replaced' && feed.kind === 'polled') feed.renew()
    if (kind === 'replaced') this.#emit({ kind: 'database-replaced', reason, sequence })
    return false
  }

  /** Loads a new replica next to the current one. Until that succeeds, nothing counts as fresh. */
  async #reload(before: Position | undefined): Promise<void> {
    const { feed } = this.#database
    const askedAt = performance.now()
    const version = feed.kind === 'immediate' ? feed.version() : -1
    await feed.read(null, async (answer, view) => {
      this.#examine(answer, askedAt)
      if (before && !this.#older.areOfServer(before, answer, askedAt)) refuseOlder(before, answer)
      const missing = await view.missing()
      this.#replica = await readOwners(view)
      this.#grants = new GrantCache(this.#database.read)
      this.#position = startAt(answer, missing)
      this.#loader.begin(this.#replica, this.#position)
      this.#progress = begin()
      this.#isPartial = false
      this.#knownAt = askedAt
      this.#version = version
      const reload = this.#mustReload
      this.#mustReload = null
      if (!before || !reload) return
      if (before.origin !== answer.origin) this.#left.add(before.origin)
      this.#emit({ kind: 'reloaded', ...reload, before: before.sequence, sequence: answer.newest })
    })
  }

  #examine({ origin, time }: FeedAnswer, askedAt: number): void {
    if (this.#left.has(origin)) throw new OlderThanReplica('A server answers that another one took over from.')
    if (time === null || !this.clock?.observe(time, performance.now() - askedAt)) return
    this.#emit({ kind: 'clock', offset: this.clock.offset, isTrusted: this.clock.isTrusted })
  }

  async #reconcile(view: FeedView, version: number): Promise<void> {
    this.#isReconcileDue = false
    const { feed } = this.#database
    const isCurrent = () => feed.kind === 'polled' || feed.version() === version
    const found = noDifferences()
    try {
      await reconcile(this.#progress, { replica: this.#replica, view, grants: this.#grants.reads, isCurrent }, found)
    } finally {
      if (found.grants > 0) this.#grants = new GrantCache(this.#database.read)
      if (isDifferent(found)) this.#emit({ kind: 'healed', differences: found })
      // The remaining parts are then checked without delay.
      this.#isReconcileDue = isDifferent(found)
    }
  }

  #emit(event: ReplicaEvent): void {
    this.#options.onEvent?.(event)
  }
}
