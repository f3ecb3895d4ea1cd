/** A node's in-memory copy of tokens, owners and networks. Changed only in batches of rows that were read in one snapshot. */
import type { Narrowing } from '@mintmark/token'
import type { Db, FeedView } from '../database/database.ts'
import type { Change } from '../database/feed-position.ts'
import { idOfPath } from '../rights/rights-view.ts'
import { type Network, networksOf } from './networks.ts'
import { TokenIndex } from './token-index.ts'
import { eachLiveToken, findNetworks, findOwners, findTokens, type LiveToken, type Owner } from './verdict-store.ts'

/** The rows that changes refer to, in the snapshot in which the changes were read. */
export interface Batch {
  /** Undefined means deleted. */
  readonly owners: ReadonlyMap<string, Owner | undefined>
  readonly tokens: readonly (LiveToken & { readonly revoked: boolean })[]
  readonly deletedTokens: ReadonlySet<string>
  /** Null means unchanged. */
  readonly networks: Networks | null
  readonly haveRightsChanged: boolean
}

/** The allowed networks of all accounts; `source` is their text, for comparison. */
export interface Networks {
  readonly source: string
  readonly byAccount: ReadonlyMap<string, readonly Network[]>
}

export async function readNetworks(db: Db): Promise<Networks> {
  const rows = await findNetworks(db)
  return { source: JSON.stringify(rows), byAccount: networksOf(rows) }
}

const narrowingsPerTurn = 50_000

export class Replica {
  readonly tokens = new TokenIndex()
  readonly #owners: (Owner | undefined)[] = []
  readonly #ownerNumbers = new Map<string, number>()
  readonly #narrowings = new Map<string, Narrowing>()
  networks: Networks = { source: '[]', byAccount: new Map() }
  /** While tokens are loaded: the IDs of those that changed meanwhile, whose loaded rows may be older. */
  #changedMeanwhile: Set<string> | undefined = new Set()

  /** Whether every live token is in the index. Until then, a token that is not may still exist. */
  get isComplete(): boolean {
    return this.#changedMeanwhile === undefined
  }

  apply({ owners, tokens, deletedTokens, networks }: Batch): void {
    this.setOwners(owners)
    for (const id of deletedTokens) this.#changedMeanwhile?.add(id)
    for (const token of tokens) {
      this.#changedMeanwhile?.add(token.id)
      this.putToken(token)
    }
    if (deletedTokens.size > 0) for (const hash of this.tokens.hashesOf(deletedTokens)) this.removeToken(hash)
    if (networks) this.networks = networks
  }

  /**
   * Loads the tokens in the snapshot of the view, while changes are applied. Returns the IDs of the narrowed ones, which the
   * caller has to apply like changes: their scopes may change meanwhile.
   */
  loadTokens(view: FeedView, signal: AbortSignal): Promise<string[]> {
    return eachLiveToken(view, (token) => {
      signal.throwIfAborted()
      if (!this.#changedMeanwhile?.has(token.id)) this.putToken(token)
    })
  }

  complete(): void {
    this.#changedMeanwhile = undefined
  }

  putToken(token: LiveToken & { readonly revoked?: boolean }): void {
    const { id, hash, expires, created, narrowing, revoked } = token
    if (revoked) this.tokens.remove(hash)
    else this.tokens.put({ id, hash, expires, created, owner: this.#numberOf(token.ownerId) })
    if (narrowing && !revoked) this.#narrowings.set(id, narrowing)
    else this.#narrowings.delete(id)
  }

  removeToken(hash: Uint8Array): void {
    const row = this.tokens.find(hash)
    if (row < 0) return
    this.#narrowings.delete(this.tokens.idOf(row))
    this.tokens.remove(hash)
  }

  setOwners(owners: ReadonlyMap<string, Owner | undefined>): void {
    for (const [id, owner] of owners) this.#owners[this.#numberOf(id)] = owner
  }

  ownerOf = (row: number): Owner | undefined => this.#owners[this.tokens.ownerOf(row)]

  owner = (id: string): Owner | undefined => this.#owners[this.#ownerNumbers.get(id) ?? -1]

  ownerNumber = (id: string): number => this.#ownerNumbers.get(id) ?? -1

  liveTokens = (ownerId: string): number | undefined =>
    this.isComplete ? this.tokens.countOf(this.ownerNumber(ownerId)) : undefined

  ownerIds = (): string[] => [...this.#ownerNumbers.keys()]

  narrowing(tokenId: string): Narrowing | null {
    return this.#narrowings.size === 0 ? null : (this.#narrowings.get(tokenId) ?? null)
  }

  /** The tokens that are narrowed to one of these environments and workspaces. Others are served between two slices. */
  async tokensNarrowedTo(scopes: ReadonlySet<string>): Promise<string[]> {
    const found: string[] = []
    let looked = 0
    for (const [id, narrowing] of this.#narrowings) {
      if (narrowing.scopes?.some((path) => scopes.has(idOfPath(path)))) found.push(id)
      looked += 1
      if (looked % narrowingsPerTurn === 0) await new Promise(setImmediate)
    }
    return found
  }

  networksOf = (accountId: string): readonly Network[] => this.networks.byAccount.get(accountId) ?? []

  #numberOf(ownerId: string): number {
    const known = this.#ownerNumbers.get(ownerId)
    if (known !== undefined) return known
    const number = this.#owners.push(undefined) - 1
    this.#ownerNumbers.set(ownerId, number)
    return number
  }
}

/** Returns a replica with the owners and networks in the snapshot of the view, and without tokens. */
export async function readOwners(view: FeedView): Promise<Replica> {
  const replica = new Replica()
  replica.setOwners(new Map((await findOwners(view.db)).map((owner) => [owner.id, owner])))
  replica.networks = await readNetworks(view.db)
  return replica
}

/** SQLite reads a slice synchronously, within one turn of the event loop. */
const idsPerQuery = 200

/** Reads the rows that the changes refer to, for this replica, in slices with turns of the event loop in between. */
export async function readBatch({ db }: FeedView, changes: readonly Change[], replica: Replica): Promise<Batch> {
  const keys = (kind: string) => [...new Set(changes.filter((each) => each.kind === kind).map(({ key }) => key))]
  const owners = new Map<string, Owner | undefined>()
  for await (const ids of slicesOf(keys('owner'))) {
    for (const id of ids) owners.set(id, undefined)
    for (const owner of await findOwners(db, ids)) owners.set(owner.id, owner)
  }
  const tokens: (LiveToken & { revoked: boolean })[] = []
  const scopes = new Set(keys('scope'))
  // A scope that was deleted or moved is part of the narrowing of these.
  const narrowed = scopes.size > 0 ? await replica.tokensNarrowedTo(scopes) : []
  const deletedTokens = new Set([...keys('token'), ...narrowed])
  for await (const ids of slicesOf([...deletedTokens])) {
    for (const token of await findTokens(db, ids)) {
      tokens.push(token)
      deletedTokens.delete(token.id)
    }
  }
  const networks = keys('account').length > 0 ? await readNetworks(db) : null
  return { owners, tokens, deletedTokens, networks, haveRightsChanged: owners.size > 0 || keys('rights').length > 0 }
}

async function* slicesOf(ids: readonly string[]): AsyncGenerator<readonly string[]> {
  for (let start = 0; start < ids.length; start += idsPerQuery) {
    if (start > 0) await new Promise(setImmediate)
    yield ids.slice(start, start + idsPerQuery)
  }
}
