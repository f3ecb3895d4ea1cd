/**
 * The replica of this node and how fresh it is. The change feed keeps it true: SQLite is asked before every verdict,
 * PostgreSQL is polled and the age of the answer is known. State changes only after a read succeeded, and never to
 * an older one.
 */
import type { Grant, Narrowing } from '@mintmark/token'
import type { Database, FeedView } from '../database/database.ts'
import {
  advance,
  type FeedAnswer,
  OlderThanKnown,
  type Position,
  refuseOlder,
  type Step,
  startAt,
} from '../database/feed-position.ts'
import { findGrants } from '../rights/rights-view.ts'
import { DatabaseClock } from './clock.ts'
import type { Network } from './networks.ts'
import { OlderAnswers, serverWentBack } from './older-answers.ts'
import { begin, isDifferent, noDifferences, reconcile } from './reconcile.ts'
import { Replica, readBatch, readReplica } from './replica.ts'
import type { LiveReplicaOptions, ReplicaEvent } from './replica-event.ts'
import { SerialReads } from './serial-reads.ts'
import type { TokenIndex } from './token-index.ts'
import type { Owner } from './verdict-store.ts'

const pollMilliseconds = 200
const reconcileMilliseconds = 2_000
/** A node whose replica is older than this is not ready. */
const readyMilliseconds = 5_000

export class LiveReplica {
  /** Undefined where the database uses this machine's clock. */
  readonly clock: DatabaseClock | undefined
  readonly #database: Database
  readonly #options: LiveReplicaOptions
  #replica = new Replica()
  #grants = new Map<string, Promise<readonly Grant[]>>()
  #position: Position | undefined
  /** Why everything has to be read again; null when it has not. */
  #mustReload: { readonly reason: string; readonly isOther: boolean } | null = null
  /** Databases that were followed before. One that answers again was left behind by a failover. */
  #left = new Set<string>()
  readonly #older = new OlderAnswers()
  #version = -1
  #knownAt = Number.NEGATIVE_INFINITY
  readonly #reads = new SerialReads(() => this.#read())
  #progress = begin()
  #isReconcileDue = false
  #stop: () => void = () => undefined

  constructor(database: Database, options: LiveReplicaOptions = {}) {
    this.#database = database
    this.#options = options
    const { world } = options
    if (world && !world.isSimulated && database.feed.kind === 'polled') this.clock = new DatabaseClock(world)
  }

  /** Reads everything once and starts to follow the feed. */
  async load(): Promise<void> {
    await this.#reads.now()
    this.#start()
  }

  stop(): Promise<void> {
    this.#stop()
    return this.#reads.idle()
  }

  get tokens(): TokenIndex {
    return this.#replica.tokens
  }

  /** Milliseconds since the replica was certainly complete. */
  get age(): number {
    if (this.#mustReload !== null) return Number.POSITIVE_INFINITY
    return this.#database.feed.kind === 'immediate' ? 0 : performance.now() - this.#knownAt
  }

  get isReady(): boolean {
    return this.age < readyMilliseconds
  }

  /**
   * Makes sure that the replica is no older than the bound. Returns undefined, not a promise, when it is not; rejects when the
   * database cannot say.
   */
  fresh(maxStalenessMilliseconds: number): Promise<void> | undefined {
    const { feed } = this.#database
    if (feed.kind === 'polled') return this.age > maxStalenessMilliseconds ? this.#reads.afterNow() : undefined
    return feed.version() === this.#version ? undefined : this.#readImmediate()
  }

  /**
   * After a write of this node: what it changed counts from the next request on, and the other nodes look too. The write
   * stands even when the database is lost right after it; then nothing is fresh until the database was asked again.
   */
  async afterWrite(): Promise<void> {
    const { feed } = this.#database
    if (feed.kind !== 'polled') return
    feed.tell()
    await this.#reads.afterNow().catch(() => {
      this.#knownAt = Number.NEGATIVE_INFINITY
    })
  }

  ownerOf = (row: number): Owner | undefined => this.#replica.ownerOf(row)

  owner = (id: string): Owner | undefined => this.#replica.owner(id)

  /** How many tokens of an owner are not revoked, expired ones among them. */
  liveTokens = (ownerId: string): number => this.tokens.countOf(this.#replica.ownerNumber(ownerId))

  narrowing = (tokenId: string): Narrowing | null => this.#replica.narrowing(tokenId)

  networks = (accountId: string): readonly Network[] => this.#replica.networksOf(accountId)

  /** A read that began before a change was applied is not cached after it: the change puts a new cache in place. */
  grants(owner: Owner): Promise<readonly Grant[]> {
    const cache = this.#grants
    const known = cache.get(owner.id)
    if (known) return known
    const loading: Promise<readonly Grant[]> = findGrants(this.#database.read, owner.kind, owner.id)
    cache.set(owner.id, loading)
    loading.catch(() => cache.delete(owner.id))
    return loading
  }

  async #readImmediate(): Promise<void> {
    const { feed } = this.#database
    while (feed.kind === 'immediate' && feed.version() !== this.#version) await this.#reads.now()
  }

  #start(): void {
    const { feed } = this.#database
    const quietly = () => void this.#reads.afterNow().catch(() => undefined)
    const reconciling = setInterval(() => {
      this.#isReconcileDue = true
      if (feed.kind === 'immediate') quietly()
    }, this.#options.reconcileMilliseconds ?? reconcileMilliseconds)
    reconciling.unref()
    const polling = feed.kind === 'polled' ? setInterval(quietly, pollMilliseconds) : undefined
    const stopListening = feed.kind === 'polled' ? feed.listen(quietly) : () => undefined
    this.#stop = () => {
      clearInterval(reconciling)
      clearInterval(polling)
      stopListening()
    }
  }

  async #read(): Promise<void> {
    try {
      if (this.#position && this.#mustReload === null) await this.#follow(this.#position)
      if (!this.#position || this.#mustReload !== null) await this.#reload(this.#position)
    } catch (error) {
      if (error instanceof OlderThanKnown) {
        const { feed } = this.#database
        if (this.#older.isFirst && feed.kind === 'polled') feed.renew()
        this.#tell({ kind: 'older-refused', error })
      } else if (this.#mustReload !== null) this.#tell({ kind: 'reload-failed', error: error as Error })
      throw error
    }
  }

  async #follow(position: Position): Promise<void> {
    const { feed } = this.#database
    const askedAt = performance.now()
    const version = feed.kind === 'immediate' ? feed.version() : -1
    const { sequence, holes } = position
    await feed.read({ sequence, holes: [...holes.keys()] }, async (answer, view) => {
      this.#examine(answer, askedAt)
      const step = this.#older.areOfServer(position, answer, askedAt) ? serverWentBack : advance(position, answer)
      if (step.kind !== 'ahead') return this.#noticeOther(step, position)
      const batch = await readBatch(view, step.changes, this.#replica)
      this.#replica.apply(batch)
      if (batch.haveRightsChanged) this.#grants = new Map()
      this.#position = step.position
      this.#knownAt = askedAt
      this.#version = version
      if (this.#isReconcileDue) await this.#reconcile(view, version)
    })
  }

  #noticeOther({ kind, reason }: Exclude<Step, { kind: 'ahead' }>, { sequence }: Position): void {
    this.#mustReload = { reason, isOther: kind === 'replaced' }
    if (kind === 'behind') return
    const { feed } = this.#database
    if (feed.kind === 'polled') feed.renew()
    this.#tell({ kind: 'database-replaced', reason, sequence })
  }

  /** Beside what is there: until it has succeeded, nothing counts as fresh. */
  async #reload(before: Position | undefined): Promise<void> {
    const { feed } = this.#database
    const askedAt = performance.now()
    const version = feed.kind === 'immediate' ? feed.version() : -1
    await feed.read(null, async (answer, view) => {
      this.#examine(answer, askedAt)
      if (before && !this.#older.areOfServer(before, answer, askedAt)) refuseOlder(before, answer)
      const missing = await view.missing()
      this.#replica = await readReplica(view)
      this.#grants = new Map()
      this.#position = startAt(answer, missing)
      this.#progress = begin()
      this.#knownAt = askedAt
      this.#version = version
      const reload = this.#mustReload
      this.#mustReload = null
      if (!before || !reload) return
      if (before.origin !== answer.origin) this.#left.add(before.origin)
      this.#tell({ kind: 'reloaded', ...reload, before: before.sequence, sequence: answer.newest })
    })
  }

  #examine({ origin, time }: FeedAnswer, askedAt: number): void {
    if (this.#left.has(origin)) throw new OlderThanKnown('A server answers that another one took over from.')
    if (time === null || !this.clock?.observe(time, performance.now() - askedAt)) return
    this.#tell({ kind: 'clock', offset: this.clock.offset, isTrusted: this.clock.isTrusted })
  }

  async #reconcile(view: FeedView, version: number): Promise<void> {
    this.#isReconcileDue = false
    const { feed } = this.#database
    const isCurrent = () => feed.kind === 'polled' || feed.version() === version
    const found = noDifferences()
    try {
      await reconcile(this.#progress, { replica: this.#replica, view, grants: this.#grants, isCurrent }, found)
    } finally {
      if (found.grants > 0) this.#grants = new Map()
      if (isDifferent(found)) this.#tell({ kind: 'healed', differences: found })
      // Then the rest is checked without delay.
      this.#isReconcileDue = isDifferent(found)
    }
  }

  #tell(event: ReplicaEvent): void {
    this.#options.onEvent?.(event)
  }
}
