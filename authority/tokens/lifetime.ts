/**
 * How long a token may live. The strictest of these applies: the security rules of the owner's accounts, the expiry of the
 * calling token (a token never outlives its creator), and on rotation the lifetime and the bound of the predecessor.
 */
import { may } from '@mintmark/token'
import { type Context, Refusal } from '../context.ts'
import { accountsOfUser, findLifetime } from './access-token-store.ts'
import type { TokenOwner } from './mint.ts'
import { type Rules, rulesOfEach } from './security-rules/rules.ts'

export interface Lifetime {
  /** Minutes; null if the token does not expire. */
  readonly expiresIn: number | null
  readonly expiresAt: string | null
  /** The start of `expiresIn`; now by default. */
  readonly createdAt?: string
  /** Rotation never extends the token beyond this time; null for no bound. */
  readonly renewableUntil: string | null
}

/** The attributes of a token that the lifetime of its successor depends on. */
export interface Predecessor {
  readonly id: string
  readonly expiresIn: number | null
  readonly renewableUntil: string | null
  readonly assumePolicyId: string | null
}

const minute = 60_000

/**
 * Returns the lifetime of a new token. Throws if it would break a rule of the owner's accounts, or outlive the calling token,
 * which expires at `bound`.
 */
export function newLifetime(
  context: Context,
  {
    owner,
    rules,
    bound,
  }: { readonly owner: TokenOwner; readonly rules: readonly Rules[]; readonly bound: string | null },
  expiresIn: number | null,
): Lifetime {
  const at = '/data/attributes/expires-in'
  refuseBeyondRules(strictestLifetime(owner, rules), expiresIn, at)
  const now = context.world.now()
  const expiresAt = endAfter(now, expiresIn)
  if (isLater(expiresAt, bound)) throw outlivesCaller(context, bound, at)
  return { expiresIn, expiresAt, createdAt: now.toISOString(), renewableUntil: bound }
}

/**
 * Returns the lifetime of a successor. A requested lifetime that is too long is refused; one inherited from the predecessor is
 * shortened instead, so that a new rule does not break jobs that rotate their token.
 */
export async function successorLifetime(
  context: Context,
  owner: TokenOwner,
  accounts: readonly string[],
  predecessor: Predecessor,
  requested: number | null,
): Promise<Lifetime> {
  if (predecessor.assumePolicyId !== null)
    throw new Refusal('conflict', {
      detail: 'A workload identity session cannot be rotated. Assume the service account again.',
    })
  const longest = await maxLifetime(context, owner, accounts)
  const previous = predecessor.expiresIn
  const mayCreate = mayCreateFor(context, owner)
  const isLonger = requested !== null && previous !== null && requested > previous
  if (requested !== null) refuseBeyondRules(longest, requested, '/expires-in')
  if (isLonger && !mayCreate)
    throw new Refusal('invalid-attribute', {
      detail: `Expected at most ${previous} minutes, the lifetime of this token. A longer one requires the permission to create tokens for its owner.`,
      at: '/expires-in',
    })
  const bound = await successorBound(context, predecessor, { isLonger, mayCreate })
  const expiresIn = requested ?? shorter(previous, longest)
  const now = context.world.now()
  const createdAt = now.toISOString()
  const expiresAt = endAfter(now, expiresIn)
  if (!isLater(expiresAt, bound)) return { expiresIn, expiresAt, createdAt, renewableUntil: bound }
  if (requested !== null) throw outlivesCaller(context, bound, '/expires-in')
  const left = minutesUntil(context, bound)
  if (bound <= createdAt) throw new Refusal('conflict', { detail: `This token could be rotated until ${bound}.` })
  return { expiresIn: Math.max(left, 1), expiresAt: bound, createdAt, renewableUntil: bound }
}

/**
 * A token that rotates itself keeps its bound. Another caller who may create tokens for the owner sets a new bound: the expiry
 * of their own token.
 */
async function successorBound(
  context: Context,
  { id, renewableUntil }: Predecessor,
  { isLonger, mayCreate }: { isLonger: boolean; mayCreate: boolean },
): Promise<string | null> {
  const isOwnCall = context.actor.tokenId === id
  const own = isOwnCall && !isLonger ? null : await callerEnd(context)
  return isOwnCall || !mayCreate ? earlier(own, renewableUntil) : own
}

/** Throws if the rules of the owner's accounts require a shorter lifetime. `at` is a JSON pointer into the request. */
export async function assertLifetimeWithinRules(
  context: Context,
  owner: TokenOwner,
  expiresIn: number | null | undefined,
  at: string,
): Promise<void> {
  const accounts = owner.accountId === null ? await accountsOfUser(context.db, owner.id) : [owner.accountId]
  refuseBeyondRules(await maxLifetime(context, owner, accounts), expiresIn ?? null, at)
}

function refuseBeyondRules(longest: number | null, expiresIn: number | null, at: string): void {
  if (longest !== null && (expiresIn === null || expiresIn > longest))
    throw new Refusal('invalid-attribute', {
      detail: `The security rules allow a lifetime of at most ${longest} minutes.`,
      at,
    })
}

function outlivesCaller(context: Context, bound: string, at: string): Refusal {
  const longest = minutesUntil(context, bound)
  const detail =
    longest > 0
      ? `Expected at most ${longest} minutes: the token must expire by ${bound}, when the calling token expires or can no longer be rotated.`
      : `The calling token can no longer create tokens: they would have to expire by ${bound}, when it expires or can no longer be rotated.`
  return new Refusal('invalid-attribute', { detail, at })
}

async function maxLifetime({ db }: Context, owner: TokenOwner, accounts: readonly string[]): Promise<number | null> {
  const rules = await rulesOfEach(db, accounts)
  return strictestLifetime(owner, accounts.map(rules))
}

/** Minutes, from the strictest rule of the owner's accounts; null if there is none. */
function strictestLifetime(owner: TokenOwner, rules: readonly Rules[]): number | null {
  if (owner.kind === 'agent-pool') return null
  const name = owner.kind === 'user' ? 'maxPersonalTokenLifetime' : 'maxServiceAccountTokenLifetime'
  const longest = Math.min(...rules.map((rule) => rule[name] ?? Number.POSITIVE_INFINITY))
  return longest === Number.POSITIVE_INFINITY ? null : longest
}

/** When the calling token expires; null if it does not, or if the caller uses a session. */
async function callerEnd({ db, actor }: Context): Promise<string | null> {
  if (actor.tokenId === '') return null
  return (await findLifetime(db, actor.tokenId))?.expiresAt ?? null
}

/**
 * Throws if the calling token cannot be extended beyond a certain time, such as a workload identity session: trust in a
 * workload has no end, so it would allow sessions after that time, for any service account.
 */
export async function assertMayTrustWorkloads({ db, actor }: Context): Promise<void> {
  if (actor.tokenId === '') return
  const end = (await findLifetime(db, actor.tokenId))?.renewableUntil ?? null
  if (end !== null)
    throw new Refusal('forbidden', {
      detail: `The calling token cannot be extended beyond ${end}, so it cannot let workloads assume service accounts for longer. Use a token without such a limit, or the console.`,
    })
}

/** Whether the caller may create a token for this owner. */
function mayCreateFor({ actor }: Context, owner: TokenOwner): boolean {
  if (owner.kind === 'user') return actor.kind === 'user' && actor.id === owner.id
  const permission = owner.kind === 'agent-pool' ? 'agent-pools:update' : 'service-accounts:update'
  return owner.accountId !== null && may(actor.rights, permission, { account: owner.accountId })
}

const endAfter = (start: Date, minutes: number | null): string | null =>
  minutes === null ? null : new Date(start.getTime() + minutes * minute).toISOString()

const minutesUntil = ({ world }: Context, end: string): number =>
  Math.floor((Date.parse(end) - world.now().getTime()) / minute)

const isLater = (end: string | null, bound: string | null): bound is string =>
  bound !== null && (end === null || end > bound)

const earlier = (one: string | null, other: string | null): string | null =>
  one === null || (other !== null && other < one) ? other : one

const shorter = (one: number | null, other: number | null): number | null =>
  one === null || other === null ? (one ?? other) : Math.min(one, other)
