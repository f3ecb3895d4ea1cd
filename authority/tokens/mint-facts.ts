/** What the creation of tokens depends on, read with one statement for all tokens that are created together. */
import type { Grant, ScopePath } from '@mintmark/token'
import type { Context } from '../context.ts'
import type { Db } from '../database/database.ts'
import type { Voucher } from '../rights/creator.ts'
import { findGrantsOfEach, idOfPath, scopePaths } from '../rights/rights-view.ts'
import { findCallers, findMemberships } from './access-token-store.ts'
import type { TokenInput, TokenOwner } from './mint.ts'
import { type Rules, rulesOfEach } from './security-rules/rules.ts'

export interface MintRequest {
  readonly context: Context
  readonly owner: TokenOwner
  readonly input: TokenInput
}

export interface MintFacts {
  /** The owner's accounts, ordered by id. */
  accountsOf(owner: TokenOwner): readonly string[]
  rulesOf(accountId: string): Rules
  grantsOf(owner: TokenOwner): readonly Grant[]
  /** The paths of those scopes that exist. */
  pathsOf(scopes: readonly string[]): readonly ScopePath[]
  /** The expiry and the voucher of the calling token; undefined if the caller uses a session. */
  callerOf(context: Context): (Voucher & { readonly expiresAt: string | null }) | undefined
}

export async function readMintFacts(db: Db, requests: readonly MintRequest[]): Promise<MintFacts> {
  const owners = requests.map(({ owner }) => owner)
  const people = unique(owners.flatMap(({ id, accountId }) => (accountId === null ? [id] : [])))
  const memberships = Map.groupBy(await findMemberships(db, people), ({ userId }) => userId)
  const accountsOf = ({ id, accountId }: TokenOwner) =>
    accountId === null ? (memberships.get(id) ?? []).map((each) => each.accountId).toSorted() : [accountId]
  const rules = await rulesOfEach(db, unique(owners.flatMap(accountsOf)))
  const grants = await findGrantsOfEach(db, owners)
  const callers = await findCallers(db, unique(requests.map(({ context }) => context.actor.tokenId).filter(Boolean)))
  const scopes = await scopePaths(db, unique(requests.flatMap(({ input }) => input.scopes ?? [])))
  const paths = new Map(scopes.map((path) => [idOfPath(path), path]))
  return {
    accountsOf,
    rulesOf: (accountId) => rules(accountId),
    grantsOf: ({ id }) => grants.get(id) ?? [],
    pathsOf: (ids) => ids.flatMap((id) => paths.get(id) ?? []),
    callerOf: ({ actor }) => callers.get(actor.tokenId),
  }
}

const unique = (ids: readonly string[]): string[] => [...new Set(ids)]
