/**
 * The verdict: is this token good, and if not, why. A guesser learns nothing; a true holder, told apart by the
 * signature alone, is given the reason. The order of the reasons is fixed: revoked, expired, owner inactive, network.
 */
import { hashToken, isSignedBy, looksLikeToken, type Narrowing, parseToken } from '@mintmark/token'
import type { World } from '../context.ts'
import type { Database } from '../database/database.ts'
import type { Knowledge } from './knowledge.ts'
import { isAllowed } from './networks.ts'
import { findOwners, findTokenByHash, isBeingRevoked, type Owner } from './verdict-store.ts'

export type { Owner }

export type Verdict =
  | {
      readonly good: true
      readonly tokenId: string
      readonly owner: Owner
      /** The owner's accounts that let this network in. */
      readonly accounts: readonly string[]
      readonly expires: number
      readonly createdSeconds: number
      readonly narrowing: Narrowing | null
    }
  | { readonly good: false; readonly code: BadReason; readonly tokenId?: string; readonly owner?: Owner }

export type BadReason =
  | 'invalid-token'
  | 'token-revoked'
  | 'token-expired'
  | 'owner-inactive'
  | 'not-from-this-network'
  | 'stale-knowledge'

export interface Judging {
  readonly database: Database
  readonly knowledge: Knowledge
  readonly world: World
  readonly maxStalenessMilliseconds: number
  key(generation: number): Uint8Array | undefined
}

interface Found {
  readonly tokenId: string
  readonly owner: Owner | undefined
  readonly expires: number
  readonly createdSeconds: number
  readonly narrowing: Narrowing | null
}

const guess: Verdict = { good: false, code: 'invalid-token' }
const stale: Verdict = { good: false, code: 'stale-knowledge' }

/** A value, never an exception: a token that is no good is an everyday answer. Who cannot prove what it knows refuses. */
export function judge(judging: Judging, text: string, address: string | null): Verdict | Promise<Verdict> {
  if (!looksLikeToken(text)) return guess
  try {
    const catchingUp = judging.knowledge.fresh(judging.maxStalenessMilliseconds)
    if (!catchingUp) return judgeNow(judging, text, address)
    return catchingUp.then(
      () => judgeNow(judging, text, address),
      () => stale,
    )
  } catch {
    return stale
  }
}

/**
 * The verdict on a second token within one request: the replica was fresh when the first was judged, and is asked again only
 * where so much time has passed since that it may not be. `address` is null when nobody knows from where the token is used:
 * then networks are not judged.
 */
export function judgeAlso(judging: Judging, text: string, address: string | null): Verdict | Promise<Verdict> {
  if (judging.knowledge.age > judging.maxStalenessMilliseconds) return judge(judging, text, address)
  return looksLikeToken(text) ? judgeNow(judging, text, address) : guess
}

/** Of an owner who comes without a token, in a session: whether active, and the accounts that let this network in. */
export async function judgeOwner(
  judging: Judging,
  ownerId: string,
  address: string,
): Promise<{ owner: Owner; accounts: readonly string[] } | undefined> {
  await judging.knowledge.fresh(judging.maxStalenessMilliseconds)
  const owner = judging.knowledge.owner(ownerId)
  if (!owner?.active) return undefined
  return { owner, accounts: allowedAccounts(judging.knowledge, owner.accounts, address) }
}

function judgeNow(judging: Judging, text: string, address: string | null): Verdict | Promise<Verdict> {
  const { knowledge } = judging
  const hash = hashToken(text)
  const row = knowledge.tokens.find(hash)
  if (row < 0) return isOurs(judging, text) ? judgeFromDatabase(judging, text, hash, address) : guess
  const tokenId = knowledge.tokens.idOf(row)
  const found: Found = {
    tokenId,
    owner: knowledge.ownerOf(row),
    expires: knowledge.tokens.expiresAt(row),
    createdSeconds: knowledge.tokens.createdSeconds(row),
    narrowing: knowledge.narrowing(tokenId),
  }
  return weigh(judging, text, found, address)
}

/** For what the index does not hold: revoked tokens, and those minted a moment ago on another node. */
async function judgeFromDatabase(
  judging: Judging,
  text: string,
  hash: Uint8Array,
  address: string | null,
): Promise<Verdict> {
  try {
    const token = await findTokenByHash(judging.database.read, hash)
    if (!token) return guess
    const [owner] = await findOwners(judging.database.read, [token.ownerId])
    if (token.revoked) return told(judging, text, 'token-revoked', token.id, owner)
    const { expires, narrowing } = token
    return weigh(
      judging,
      text,
      { tokenId: token.id, owner, expires, createdSeconds: Math.floor(token.created / 1000), narrowing },
      address,
    )
  } catch {
    return stale
  }
}

function weigh(judging: Judging, text: string, found: Found, address: string | null): Verdict {
  const { tokenId, owner, expires, createdSeconds, narrowing } = found
  if (owner?.revoking && isBeingRevoked(owner, tokenId, createdSeconds))
    return told(judging, text, 'token-revoked', tokenId, owner)
  if (expires <= judging.world.now().getTime()) return told(judging, text, 'token-expired', tokenId, owner)
  if (!owner?.active) return told(judging, text, 'owner-inactive', tokenId, owner)
  const accounts = allowedAccounts(judging.knowledge, owner.accounts, address)
  if (accounts.length === 0 && owner.accounts.length > 0)
    return told(judging, text, 'not-from-this-network', tokenId, owner)
  return { good: true, tokenId, owner, accounts, expires, createdSeconds, narrowing }
}

function allowedAccounts(knowledge: Knowledge, accounts: readonly string[], address: string | null): readonly string[] {
  if (address === null) return accounts
  const [only] = accounts
  if (accounts.length === 1 && only !== undefined && isAllowed(knowledge.networks(only), address)) return accounts
  return accounts.filter((id) => isAllowed(knowledge.networks(id), address))
}

function told(judging: Judging, text: string, code: BadReason, tokenId: string, owner: Owner | undefined): Verdict {
  return isOurs(judging, text) ? { good: false, code, tokenId, ...(owner ? { owner } : {}) } : guess
}

/** Whether a string was signed here: what tells a true holder, and a real find, from a guess. */
export function isOurs(judging: Pick<Judging, 'key'>, text: string): boolean {
  const parts = parseToken(text)
  const key = parts && judging.key(parts.generation)
  return key !== undefined && isSignedBy(text, key)
}
