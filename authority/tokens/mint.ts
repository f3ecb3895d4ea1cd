import { permissionIds } from '@mintmark/contract'
import { coversNarrowing, coversScope, type Grant, type Narrowing, type ScopePath, type Secret } from '@mintmark/token'
import { type Context, type OwnerKind, Refusal } from '../context.ts'
import { together } from '../database/sharing/shared-writes.ts'
import { assertNoEscalation } from '../rights/escalation.ts'
import { findGrants, idOfPath, scopePaths } from '../rights/rights-view.ts'
import { accountsOfUser } from './access-token-store.ts'
import { accountsWithin, withinScopes } from './concerned-accounts.ts'
import { type Lifetime, newLifetime, type Predecessor, successorLifetime } from './lifetime.ts'
import { type MintFacts, type MintRequest, readMintFacts } from './mint-facts.ts'
import { insertNewTokens, type Lineage, type NewToken, newToken } from './new-token.ts'
import { noVoucher, voucherOf, vouchingActor } from './voucher.ts'

export interface TokenInput {
  readonly name?: string | null
  readonly description?: string | null
  /** Minutes. */
  readonly expiresIn?: number | null
  readonly permissions?: string[] | null
  readonly scopes?: string[] | null
}

export interface TokenOwner {
  readonly kind: OwnerKind
  readonly id: string
  /** Null for a user, who may belong to several accounts. */
  readonly accountId: string | null
}

/** A new token. `once` is part of this response only. */
export interface Minted {
  readonly id: string
  readonly once: { readonly token: Secret }
}

const mintedOf = ({ row, secret }: NewToken): Minted => ({ id: row.id, once: { token: secret } })

/**
 * Creates a token. The secret is part of this response only; the database stores its hash. Tokens that are created at the same
 * time in a shared transaction are decided and written together: none of the decisions depends on another new token.
 */
export function mint(context: Context, owner: TokenOwner, input: TokenInput): Promise<Minted> {
  const { db } = context
  return together(db, mint, { context, owner, input }, async (requests: readonly MintRequest[]) => {
    const facts = await readMintFacts(db, requests)
    const decided = requests.map((request) => decideMint(facts, request))
    const tokens = decided.filter((each): each is NewToken => !(each instanceof Refusal))
    await insertNewTokens(db, tokens)
    return decided.map((each) => (each instanceof Refusal ? each : mintedOf(each)))
  })
}

function decideMint(facts: MintFacts, { context, owner, input }: MintRequest): NewToken | Refusal {
  try {
    const accounts = facts.accountsOf(owner)
    const rules = accounts.map(facts.rulesOf)
    const caller = facts.callerOf(context)
    const lifetime = newLifetime(context, { owner, rules, bound: caller?.expiresAt ?? null }, input.expiresIn ?? null)
    const paths = facts.pathsOf(input.scopes ?? [])
    refuseMoreThanHeld(context, owner, readNarrowing(context, input, paths), facts.grantsOf(owner))
    const voucher = context.actor.id === owner.id ? (caller ?? noVoucher) : vouchingActor(context.actor)
    return newToken(context, {
      owner,
      input,
      lifetime,
      voucher,
      accounts: accountsWithin(paths, input.scopes, accounts),
    })
  } catch (error) {
    if (error instanceof Refusal) return error
    throw error
  }
}

/**
 * Creates the successor of a token with the same narrowing; deleted scopes are not restored. `requestedMinutes`: the requested lifetime
 * in minutes, null for that of the predecessor.
 */
export async function mintSuccessor(
  context: Context,
  owner: TokenOwner,
  predecessor: TokenInput & Predecessor,
  requestedMinutes: number | null,
  lineage: Lineage,
): Promise<Minted> {
  const accounts = await accountsOf(context, owner)
  const lifetime = await successorLifetime(context, owner, accounts, predecessor, requestedMinutes)
  // A token that rotates itself keeps its rights, even if allowed networks currently hide some of its accounts.
  if (context.actor.tokenId !== predecessor.id) {
    const narrowing = await narrowingOfStored(context, predecessor)
    refuseMoreThanHeld(context, owner, narrowing, await findGrants(context.db, owner.kind, owner.id))
  }
  return insertMintedToken(context, owner, accounts, predecessor, lifetime, lineage)
}

async function narrowingOfStored({ db }: Context, { permissions, scopes }: TokenInput): Promise<Narrowing | null> {
  if (!permissions && !scopes) return null
  return { permissions: permissions ?? null, scopes: scopes ? await scopePaths(db, scopes) : null }
}

const accountsOf = ({ db }: Context, owner: TokenOwner): Promise<string[]> | string[] =>
  owner.accountId === null ? accountsOfUser(db, owner.id) : [owner.accountId]

/** Writes a token without checks: the caller has authorized it. Its parent is always the calling token. */
export async function insertMintedToken(
  context: Context,
  owner: TokenOwner,
  accounts: readonly string[],
  input: Omit<TokenInput, 'expiresIn'>,
  lifetime: Lifetime,
  lineage: Lineage = {},
): Promise<Minted> {
  const token = newToken(context, {
    ...{ owner, input, lifetime, lineage },
    voucher: await voucherOf(context, owner.id, lineage.assumePolicyId),
    accounts: await withinScopes(context.db, input.scopes ?? null, accounts),
  })
  await insertNewTokens(context.db, [token])
  return mintedOf(token)
}

function readNarrowing(
  context: Context,
  { permissions, scopes }: TokenInput,
  paths: readonly ScopePath[],
): Narrowing | null {
  if (!permissions && !scopes) return null
  const unknown = permissions?.findIndex((permission) => !permissionIds.has(permission)) ?? -1
  if (unknown >= 0)
    throw new Refusal('invalid-attribute', {
      detail: 'Expected the name of a permission, such as workspaces:read.',
      at: `/data/attributes/permissions/${unknown}`,
    })
  if (!scopes) return { permissions: permissions ?? null }
  const held = (id: string) =>
    paths.some(
      (path) => idOfPath(path) === id && context.actor.rights.grants.some((grant) => coversScope(grant.scope, path)),
    )
  const foreign = scopes.findIndex((id) => !held(id))
  if (foreign >= 0)
    throw new Refusal('invalid-attribute', {
      detail: 'Expected the id of a scope in which you have a permission.',
      at: `/data/attributes/scopes/${foreign}`,
    })
  return { permissions: permissions ?? null, scopes: paths }
}

/**
 * The holder of the new token could use all of its rights, including those that its owner gets later: a narrowed token cannot
 * create a token with less narrowing. Agent pool tokens have no rights to narrow.
 */
function refuseMoreThanHeld(
  context: Context,
  owner: TokenOwner,
  narrowing: Narrowing | null,
  grants: readonly Grant[],
): void {
  const { rights, id } = context.actor
  if (owner.kind === 'agent-pool' || (owner.id === id && !rights.narrowing)) return
  if (!coversNarrowing(rights.narrowing, narrowing))
    throw new Refusal('grants-more-than-held', {
      detail:
        'The calling token is narrowed: a token it creates has to be narrowed to permissions and scopes within its own.',
    })
  assertNoEscalation(context, { grants, narrowing })
}
