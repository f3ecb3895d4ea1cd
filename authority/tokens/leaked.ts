/** Looks leaked tokens up by their hash, and revokes or limits them. */
import { audit } from '../audit/audit.ts'
import type { Context, OwnerKind } from '../context.ts'
import type { Db } from '../database/database.ts'
import { findDerived, findFamily, findHashesAfter, findTokenWithHash, updateToken } from './access-token-store.ts'
import { accountsConcerned } from './concerned-accounts.ts'

export interface LeakedToken {
  readonly id: string
  readonly name: string | null
  readonly lastCharacters: string
  readonly ownerKind: OwnerKind
  readonly ownerId: string
  /** All accounts that it concerns, sorted. */
  readonly accounts: readonly string[]
  readonly isInactive: boolean
  readonly expiresAt: string | null
}

/** Also finds revoked and expired tokens. */
export async function findLeaked(
  { db, world }: Pick<Context, 'db' | 'world'>,
  hash: Uint8Array,
): Promise<LeakedToken | undefined> {
  const row = await findTokenWithHash(db, hash)
  if (!row) return undefined
  const { id, name, lastCharacters, ownerId, expiresAt, revokedAt } = row
  const ownerKind = row.ownerKind as OwnerKind
  const accounts = await accountsConcerned(db, id)
  const isDead = revokedAt !== null || (expiresAt !== null && expiresAt <= world.now().toISOString())
  return { id, name, lastCharacters, ownerKind, ownerId, accounts, isInactive: isDead, expiresAt }
}

/** Limits the remaining lifetime of a token to some minutes, in which its owner rotates it. */
export async function limitLeaked(context: Context, token: LeakedToken, minutes: number): Promise<void> {
  const end = new Date(context.world.now().getTime() + minutes * 60_000).toISOString()
  const expiresAt = token.expiresAt !== null && token.expiresAt < end ? token.expiresAt : end
  await updateToken(context.db, token.id, { expiresAt })
  await audit(context, {
    action: 'access-tokens.limited',
    accountId: token.accounts,
    subjectType: 'access-tokens',
    subjectId: token.id,
    before: { expiresAt: token.expiresAt },
    after: { expiresAt },
  })
}

/** The live tokens that a token created, directly or through others. */
export const derivedOf = (db: Db, tokenId: string): Promise<string[]> => findDerived(db, tokenId)

/** The live tokens of the same family, and those that the token created. */
export async function findRelatives(db: Db, tokenId: string): Promise<string[]> {
  return [...new Set([...(await findFamily(db, tokenId)), ...(await findDerived(db, tokenId))])]
}

const hashesPerQuery = 2_000

/** Yields the hashes of all tokens of these accounts, live and revoked, in slices: there may be a million. */
export async function* eachHashIn(db: Db, accounts: readonly string[]): AsyncGenerator<readonly Uint8Array[]> {
  for (let after = ''; ; ) {
    const { last, hashes } = await findHashesAfter(db, accounts, after, hashesPerQuery)
    if (last === null) return
    yield hashes
    after = last
  }
}
