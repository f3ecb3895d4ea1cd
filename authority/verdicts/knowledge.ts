/**
 * What this node knows of tokens, owners, networks and rights, and how fresh that is. The change feed keeps it true:
 * with SQLite it is asked before every verdict, with PostgreSQL it is polled and the age of the answer is known.
 */
import type { Grant, Narrowing } from '@mintmark/token'
import type { Change, Database, ImmediateFeed, PolledFeed } from '../database/database.ts'
import { findGrants } from '../rights/rights-shelf.ts'
import { type Network, networksOf } from './networks.ts'
import { TokenIndex } from './token-index.ts'
import { eachLiveToken, findNetworks, findOwners, findTokens, type LiveToken, type Owner } from './verdict-store.ts'

const pollMilliseconds = 200

export class Knowledge {
  tokens = new TokenIndex()
  readonly #database: Database
  readonly #owners: (Owner | undefined)[] = []
  readonly #ownerNumbers = new Map<string, number>()
  #narrowings = new Map<string, Narrowing>()
  #networks: ReadonlyMap<string, readonly Network[]> = new Map()
  #grants = new Map<string, Promise<readonly Grant[]>>()
  #watermark = 0
  /** The change that bears the number of the watermark. */
  #newest: Change | undefined
  #version = -1
  #holes = new Map<number, bigint>()
  #knownAt = 0
  #running: Promise<void> | undefined
  #next: Promise<void> | undefined
  #stop: () => void = () => undefined

  constructor(database: Database) {
    this.#database = database
  }

  /** Reads everything once. Changes made meanwhile are read again from the feed, which does no harm. */
  async load(): Promise<void> {
    const { feed } = this.#database
    this.#version = feed.kind === 'immediate' ? feed.version() : -1
    this.#watermark = await feed.newest()
    if (feed.kind === 'polled') await this.#noteOpenTransactions(feed)
    await this.#readAll()
    if (feed.kind === 'polled') this.#startPolling(feed)
  }

  /** Also a second time, beside what is known: a verdict meanwhile finds a token in the index or asks the database. */
  async #readAll(): Promise<void> {
    const startedAt = performance.now()
    const owners = new Map((await findOwners(this.#database.read)).map((owner) => [owner.id, owner]))
    for (const id of new Set([...this.#ownerNumbers.keys(), ...owners.keys()])) this.#setOwner(id, owners.get(id))
    await this.#loadNetworks()
    const [tokens, narrowings] = [new TokenIndex(), new Map<string, Narrowing>()]
    await eachLiveToken(this.#database, (token) => this.#put(token, tokens, narrowings))
    // Both at once: a narrow token is never for a moment as wide as its owner.
    this.tokens = tokens
    this.#narrowings = narrowings
    this.#grants = new Map()
    this.#knownAt = startedAt
  }

  stop(): Promise<void> {
    this.#stop()
    return this.#running?.catch(() => undefined) ?? Promise.resolve()
  }

  /** Milliseconds since what is known here was certainly complete. */
  get age(): number {
    return this.#database.feed.kind === 'immediate' ? 0 : performance.now() - this.#knownAt
  }

  /**
   * Makes sure that what is known is no older than the bound. Undefined, not a promise, when it is not; rejects when the
   * database cannot say.
   */
  fresh(maxStalenessMilliseconds: number): Promise<void> | undefined {
    const { feed } = this.#database
    if (feed.kind === 'polled') return this.age > maxStalenessMilliseconds ? this.#pollNow(feed) : undefined
    return feed.version() === this.#version ? undefined : this.#applyImmediate(feed)
  }

  /**
   * After a deed of this node: what it changed counts from the next request on, and the other nodes look too. The deed
   * stands even when the database is lost right after it; then nothing is known for certain until it is asked again.
   */
  async afterDeed(): Promise<void> {
    const { feed } = this.#database
    if (feed.kind !== 'polled') return
    feed.tell()
    await this.#pollNow(feed).catch(() => {
      this.#knownAt = Number.NEGATIVE_INFINITY
    })
  }

  ownerOf(row: number): Owner | undefined {
    return this.#owners[this.tokens.ownerOf(row)]
  }

  owner(id: string): Owner | undefined {
    return this.#owners[this.#ownerNumbers.get(id) ?? -1]
  }

  /** How many tokens of an owner are not revoked, expired ones among them. */
  liveTokens = (ownerId: string): number => this.tokens.countOf(this.#ownerNumbers.get(ownerId) ?? -1)

  narrowing(tokenId: string): Narrowing | null {
    return this.#narrowings.size === 0 ? null : (this.#narrowings.get(tokenId) ?? null)
  }

  networks(accountId: string): readonly Network[] {
    return this.#networks.get(accountId) ?? []
  }

  grants(owner: Owner): Promise<readonly Grant[]> {
    const known = this.#grants.get(owner.id)
    if (known) return known
    const loading: Promise<readonly Grant[]> = findGrants(this.#database.read, owner.kind, owner.id)
    this.#grants.set(owner.id, loading)
    loading.catch(() => this.#grants.delete(owner.id))
    return loading
  }

  async #applyImmediate(feed: ImmediateFeed): Promise<void> {
    while (feed.version() !== this.#version) {
      this.#running ??= this.#applyNewest(feed).finally(() => {
        this.#running = undefined
      })
      await this.#running
    }
  }

  async #applyNewest(feed: ImmediateFeed): Promise<void> {
    const version = feed.version()
    const { newest, changes } = feed.since(this.#watermark)
    // What it has not seen may be forgotten already: it was idle for long while others wrote.
    const isWhole = this.#watermark > 0 ? newest !== undefined : (changes[0]?.sequence ?? 1) === 1
    await (isWhole ? this.#apply(changes) : this.#readAll())
    this.#watermark = changes.at(-1)?.sequence ?? this.#watermark
    this.#version = version
  }

  #startPolling(feed: PolledFeed): void {
    const quietly = () => void this.#pollNow(feed).catch(() => undefined)
    const timer = setInterval(quietly, pollMilliseconds)
    const stopListening = feed.listen(quietly)
    this.#stop = () => {
      clearInterval(timer)
      stopListening()
    }
  }

  /** Starts a poll after now; callers that come while one waits share it. */
  #pollNow(feed: PolledFeed): Promise<void> {
    this.#next ??= (this.#running ?? Promise.resolve())
      .catch(() => undefined)
      .then(() => {
        this.#next = undefined
        this.#running = this.#poll(feed)
        return this.#running
      })
    return this.#next
  }

  async #poll(feed: PolledFeed): Promise<void> {
    const askedAt = performance.now()
    const { newest, changes, settled, open } = await feed.since(this.#watermark, [...this.#holes.keys()])
    if (newest?.kind !== this.#newest?.kind || newest?.key !== this.#newest?.key) return await this.#startOver(feed)
    await this.#apply(changes)
    for (const change of changes) {
      const { sequence } = change
      this.#holes.delete(sequence)
      // A number passed over belongs to a transaction that may still commit: it is asked for again until it has
      // appeared, or until every transaction that was running when it was missed has ended.
      for (let missed = this.#watermark + 1; missed < sequence; missed++) this.#holes.set(missed, open)
      if (sequence <= this.#watermark) continue
      this.#watermark = sequence
      this.#newest = change
    }
    for (const [sequence, seenOpen] of this.#holes) if (settled >= seenOpen) this.#holes.delete(sequence)
    this.#knownAt = askedAt
  }

  /**
   * What was followed is no longer what is there: the database was restored, or a server took over that had not heard of
   * all. Its new changes may bear numbers that were seen already.
   */
  async #startOver(feed: PolledFeed): Promise<void> {
    this.#holes.clear()
    this.#watermark = await feed.newest()
    await this.#noteOpenTransactions(feed)
    await this.#readAll()
  }

  /** Numbers below the newest may still belong to running transactions when a node starts. */
  async #noteOpenTransactions(feed: PolledFeed): Promise<void> {
    const recent = Math.max(0, this.#watermark - 1_000)
    const { changes, open } = await feed.since(recent, [])
    this.#newest = changes.find(({ sequence }) => sequence === this.#watermark)
    const seen = new Set(changes.map(({ sequence }) => sequence))
    for (let sequence = recent + 1; sequence < this.#watermark; sequence++) {
      if (!seen.has(sequence)) this.#holes.set(sequence, open)
    }
  }

  async #apply(changes: readonly Change[]): Promise<void> {
    const keys = (kind: string) => [...new Set(changes.filter((each) => each.kind === kind).map(({ key }) => key))]
    const owners = keys('owner')
    if (owners.length > 0) {
      const found = new Map((await findOwners(this.#database.read, owners)).map((owner) => [owner.id, owner]))
      for (const id of owners) this.#setOwner(id, found.get(id))
    }
    const tokens = keys('token')
    for (let start = 0; start < tokens.length; start += 500) {
      for (const token of await findTokens(this.#database.read, tokens.slice(start, start + 500))) {
        if (token.revoked) this.#remove(token)
        else this.#put(token)
      }
    }
    if (keys('account').length > 0) await this.#loadNetworks()
    if (owners.length > 0 || keys('rights').length > 0) this.#grants = new Map()
  }

  async #loadNetworks(): Promise<void> {
    this.#networks = networksOf(await findNetworks(this.#database.read))
  }

  #put(token: LiveToken, tokens = this.tokens, narrowings = this.#narrowings): void {
    const { id, hash, expires, created, narrowing } = token
    tokens.put({ id, hash, expires, created, owner: this.#numberOf(token.ownerId) })
    if (narrowing) narrowings.set(id, narrowing)
    else narrowings.delete(id)
  }

  #remove(token: LiveToken): void {
    this.tokens.remove(token.hash)
    this.#narrowings.delete(token.id)
  }

  #setOwner(id: string, owner: Owner | undefined): void {
    this.#owners[this.#numberOf(id)] = owner
  }

  #numberOf(ownerId: string): number {
    const known = this.#ownerNumbers.get(ownerId)
    if (known !== undefined) return known
    const number = this.#owners.push(undefined) - 1
    this.#ownerNumbers.set(ownerId, number)
    return number
  }
}
