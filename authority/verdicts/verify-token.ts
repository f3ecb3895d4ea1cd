/**
 * The verdict: whether a token is valid, and if not, why. Only a token with a valid signature is given a reason, so guessing
 * reveals nothing. The order of the reasons is fixed: revoked, expired, owner inactive, network.
 */
import { hashToken, isSignedBy, looksLikeToken, type Narrowing, parseToken } from '@mintmark/token'
import type { World } from '../context.ts'
import type { Database } from '../database/database.ts'
import type { LiveReplica } from './live-replica.ts'
import { isAllowed } from './networks.ts'
import { findOwners, findTokenByHash, isBeingRevoked, type Owner } from './verdict-store.ts'

export type { Owner }

export type Verdict =
  | {
      readonly good: true
      readonly tokenId: string
      readonly owner: Owner
      /** The owner's accounts that allow this network. */
      readonly accounts: readonly string[]
      readonly expires: number
      readonly createdSeconds: number
      readonly narrowing: Narrowing | null
    }
  | { readonly good: false; readonly code: RefusalReason; readonly tokenId?: string; readonly owner?: Owner }

export type RefusalReason =
  | 'invalid-token'
  | 'token-revoked'
  | 'token-expired'
  | 'owner-inactive'
  | 'not-from-this-network'
  | 'stale-replica'

export interface Verifier {
  readonly database: Database
  readonly replica: LiveReplica
  readonly world: World
  readonly maxStalenessMilliseconds: number
  key(generation: number): Uint8Array | undefined
  /** Waits until the replica is fresh. By default, each verdict checks it separately. */
  readonly whenFresh?: () => Promise<void> | undefined
}

interface Found {
  readonly tokenId: string
  readonly owner: Owner | undefined
  readonly expires: number
  readonly createdSeconds: number
  readonly narrowing: Narrowing | null
}

const invalid: Verdict = { good: false, code: 'invalid-token' }
const stale: Verdict = { good: false, code: 'stale-replica' }

/**
 * Never throws: an invalid token is an everyday result. A node that cannot prove its data is fresh refuses the token.
 * `onFresh` is called as soon as the replica is fresh: the verdict reflects every change up to then.
 */
export function verifyToken(
  verifier: Verifier,
  text: string,
  address: string | null,
  onFresh: () => void = () => undefined,
): Verdict | Promise<Verdict> {
  if (!looksLikeToken(text)) return invalid
  const verify = () => {
    onFresh()
    return verifyNow(verifier, text, address)
  }
  try {
    const { replica, maxStalenessMilliseconds, whenFresh = () => replica.fresh(maxStalenessMilliseconds) } = verifier
    const catchingUp = whenFresh()
    return catchingUp ? catchingUp.then(verify, () => stale) : verify()
  } catch {
    return stale
  }
}

/**
 * Verifies a second token within one request. The replica was fresh for the first one, so it is checked again only if it may
 * have become stale since. `address` is null if it is unknown where the token is used; then networks are not checked.
 */
export function verifyOtherToken(verifier: Verifier, text: string, address: string | null): Verdict | Promise<Verdict> {
  if (verifier.replica.age > verifier.maxStalenessMilliseconds) return verifyToken(verifier, text, address)
  return looksLikeToken(text) ? verifyNow(verifier, text, address) : invalid
}

/** Verifies the owner of a session: returns undefined if inactive, otherwise the accounts that allow this network. */
export async function verifyOwner(
  verifier: Verifier,
  ownerId: string,
  address: string,
): Promise<{ owner: Owner; accounts: readonly string[] } | undefined> {
  await verifier.replica.fresh(verifier.maxStalenessMilliseconds)
  const owner = verifier.replica.owner(ownerId)
  if (!owner?.active) return undefined
  return { owner, accounts: allowedAccounts(verifier.replica, owner.accounts, address) }
}

function verifyNow(verifier: Verifier, text: string, address: string | null): Verdict | Promise<Verdict> {
  const { replica } = verifier
  const hash = hashToken(text)
  const row = replica.tokens.find(hash)
  if (row < 0) return isIssuedHere(verifier, text) ? verifyFromDatabase(verifier, text, hash, address) : invalid
  const tokenId = replica.tokens.idOf(row)
  const found: Found = {
    tokenId,
    owner: replica.ownerOf(row),
    expires: replica.tokens.expiresAt(row),
    createdSeconds: replica.tokens.createdSeconds(row),
    narrowing: replica.narrowing(tokenId),
  }
  return decide(verifier, text, found, address)
}

/** For tokens that are not in the replica: revoked ones, and those created a moment ago on another node. */
async function verifyFromDatabase(
  verifier: Verifier,
  text: string,
  hash: Uint8Array,
  address: string | null,
): Promise<Verdict> {
  try {
    const token = await findTokenByHash(verifier.database.read, hash)
    if (!token) return invalid
    const [owner] = await findOwners(verifier.database.read, [token.ownerId])
    if (token.revoked) return refuse(verifier, text, 'token-revoked', token.id, owner)
    const { expires, narrowing } = token
    return decide(
      verifier,
      text,
      { tokenId: token.id, owner, expires, createdSeconds: Math.floor(token.created / 1000), narrowing },
      address,
    )
  } catch {
    return stale
  }
}

function decide(verifier: Verifier, text: string, found: Found, address: string | null): Verdict {
  const { tokenId, owner, expires, createdSeconds, narrowing } = found
  if (owner?.revoking && isBeingRevoked(owner, tokenId, createdSeconds))
    return refuse(verifier, text, 'token-revoked', tokenId, owner)
  if (expires <= verifier.world.now().getTime()) return refuse(verifier, text, 'token-expired', tokenId, owner)
  if (!owner?.active) return refuse(verifier, text, 'owner-inactive', tokenId, owner)
  const accounts = allowedAccounts(verifier.replica, owner.accounts, address)
  if (accounts.length === 0 && owner.accounts.length > 0)
    return refuse(verifier, text, 'not-from-this-network', tokenId, owner)
  return { good: true, tokenId, owner, accounts, expires, createdSeconds, narrowing }
}

function allowedAccounts(replica: LiveReplica, accounts: readonly string[], address: string | null): readonly string[] {
  if (address === null) return accounts
  const [only] = accounts
  if (accounts.length === 1 && only !== undefined && isAllowed(replica.networks(only), address)) return accounts
  return accounts.filter((id) => isAllowed(replica.networks(id), address))
}

function refuse(
  verifier: Verifier,
  text: string,
  code: RefusalReason,
  tokenId: string,
  owner: Owner | undefined,
): Verdict {
  return isIssuedHere(verifier, text) ? { good: false, code, tokenId, ...(owner ? { owner } : {}) } : invalid
}

/** Whether a string carries a signature of this installation, which distinguishes its tokens from guesses. */
export function isIssuedHere(verifier: Pick<Verifier, 'key'>, text: string): boolean {
  const parts = parseToken(text)
  const key = parts && verifier.key(parts.generation)
  return key !== undefined && isSignedBy(text, key)
}
