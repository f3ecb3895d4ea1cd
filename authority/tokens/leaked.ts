/** Looks leaked tokens up by their hash, and revokes or limits them. */
import { audit } from '../audit/audit.ts'
import type { Context, OwnerKind } from '../context.ts'
import type { Db } from '../database/database.ts'
import { together } from '../database/sharing/shared-writes.ts'
import { findDerived, findFamily, findHashesAfter, findTokensWithHash, updateToken } from './access-token-store.ts'
import { accountsConcernedByEach } from './concerned-accounts.ts'
import { markEachRevoked } from './revocation-store.ts'

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
export function findLeaked(
  { db, world }: Pick<Context, 'db' | 'world'>,
  hash: Uint8Array,
): Promise<LeakedToken | undefined> {
  return together(db, findLeaked, hash, (hashes: readonly Uint8Array[]) => findEach(db, world.now(), hashes))
}

async function findEach(db: Db, now: Date, hashes: readonly Uint8Array[]): Promise<(LeakedToken | undefined)[]> {
  const rows = await findTokensWithHash(db, hashes)
  const accounts = await accountsConcernedByEach(
    db,
    rows.map(({ id }) => id),
  )
  const tokens = new Map(
    rows.map(({ id, hash, name, lastCharacters, ownerKind, ownerId, expiresAt, revokedAt }) => {
      const isInactive = revokedAt !== null || (expiresAt !== null && expiresAt <= now.toISOString())
      const concerned = accounts.get(id) ?? []
      const owner = { ownerKind: ownerKind as OwnerKind, ownerId }
      return [hexOf(hash), { id, name, lastCharacters, ...owner, accounts: concerned, isInactive, expiresAt }]
    }),
  )
  return hashes.map((hash) => tokens.get(hexOf(hash)))
}

const hexOf = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex')

/** Revokes a leaked token, unless another transaction has. */
export async function revokeLeaked(
  context: Context,
  { id, ownerId, accounts }: LeakedToken,
  reason: string,
): Promise<void> {
  const { db, world } = context
  const isRevoked = await together(db, revokeLeaked, id, async (ids: readonly string[]) => {
    const revoked = new Set(await markEachRevoked(db, ids, world.now().toISOString()))
    return ids.map((each) => revoked.has(each))
  })
  if (!isRevoked) return
  const before = { reason }
  const subject = { subjectType: 'access-tokens', subjectId: id, ownerId }
  await audit(context, { action: 'access-tokens.deleted', accountId: accounts, ...subject, before })
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
    ownerId: token.ownerId,
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
