import { permissionIds } from '@mintmark/contract'
import {
  coversNarrowing,
  coversScope,
  hashToken,
  lastCharacters,
  mintToken,
  type Narrowing,
  randomBytesOfToken,
  type Secret,
} from '@mintmark/token'
import { audit } from '../audit/audit.ts'
import { type Context, type OwnerKind, Refusal } from '../context.ts'
import { newId } from '../ids.ts'
import { assertNoEscalation } from '../rights/escalation.ts'
import { findGrants, scopePaths } from '../rights/rights-view.ts'
import { accountsOfUser, insertToken } from './access-token-store.ts'
import { withinScopes } from './concerned-accounts.ts'
import { type Lifetime, newLifetime, type Predecessor, successorLifetime } from './lifetime.ts'
import { voucherOf } from './voucher.ts'

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

export interface Lineage {
  readonly family?: string
  readonly predecessorId?: string
  readonly rotationKey?: string | null
  /** Set for a workload identity session. */
  readonly assumePolicyId?: string
}

/** A new token. `once` is part of this response only. */
export interface Minted {
  readonly id: string
  readonly once: { readonly token: Secret }
}

/** Creates a token. The secret is part of this response only; the database stores its hash. */
export async function mint(context: Context, owner: TokenOwner, input: TokenInput): Promise<Minted> {
  const accounts = await accountsOf(context, owner)
  const lifetime = await newLifetime(context, owner, accounts, input.expiresIn ?? null)
  await refuseMoreThanHeld(context, owner, await readNarrowing(context, input))
  return insertMintedToken(context, owner, accounts, input, lifetime)
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
  if (context.actor.tokenId !== predecessor.id)
    await refuseMoreThanHeld(context, owner, await narrowingOfStored(context, predecessor))
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
  { expiresIn, expiresAt, createdAt, renewableUntil }: Lifetime,
  lineage: Lineage = {},
): Promise<Minted> {
  const { db, world, installation, actor } = context
  const id = newId(world, 'at')
  const { generation, key } = installation.signingKey()
  const random = world.random(randomBytesOfToken)
  const token = mintToken({ mark: installation.mark, id, generation, key, random })
  random.fill(0)
  const { name = null, description = null, permissions = null, scopes = null } = input
  const parentId = actor.tokenId || null
  await insertToken(db, {
    id,
    hash: hashToken(token.bytes()),
    generation,
    lastCharacters: lastCharacters(token),
    ownerKind: owner.kind,
    ownerId: owner.id,
    accountId: owner.accountId,
    name,
    description,
    permissions: permissions && JSON.stringify(permissions),
    scopes: scopes && JSON.stringify(scopes),
    expiresIn,
    createdAt: createdAt ?? world.now().toISOString(),
    expiresAt,
    createdById: actor.kind === 'user' ? actor.id : null,
    lastUsedAt: null,
    family: lineage.family ?? id,
    predecessorId: lineage.predecessorId ?? null,
    rotationKey: lineage.rotationKey ?? null,
    revokedAt: null,
    parentId,
    renewableUntil,
    assumePolicyId: lineage.assumePolicyId ?? null,
    ...(await voucherOf(context, owner.id, lineage.assumePolicyId)),
  })
  const after = {
    owner: owner.id,
    name,
    description,
    expiresIn,
    permissions,
    scopes,
    lastCharacters: lastCharacters(token),
    predecessor: lineage.predecessorId ?? null,
    parent: parentId,
    renewableUntil,
  }
  await audit(context, {
    action: 'access-tokens.minted',
    accountId: await withinScopes(db, scopes, accounts),
    subjectType: 'access-tokens',
    subjectId: id,
    after,
  })
  return { id, once: { token } }
}

async function readNarrowing(context: Context, { permissions, scopes }: TokenInput): Promise<Narrowing | null> {
  if (!permissions && !scopes) return null
  const unknown = permissions?.findIndex((permission) => !permissionIds.has(permission)) ?? -1
  if (unknown >= 0)
    throw new Refusal('invalid-attribute', {
      detail: 'Expected a permission of the catalogue.',
      at: `/data/attributes/permissions/${unknown}`,
    })
  if (!scopes) return { permissions: permissions ?? null }
  const paths = await scopePaths(context.db, scopes)
  const held = (id: string) =>
    paths.some(
      (path) =>
        (path.workspace ?? path.environment ?? path.account) === id &&
        context.actor.rights.grants.some((grant) => coversScope(grant.scope, path)),
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
async function refuseMoreThanHeld(context: Context, owner: TokenOwner, narrowing: Narrowing | null): Promise<void> {
  const { rights, id } = context.actor
  if (owner.kind === 'agent-pool' || (owner.id === id && !rights.narrowing)) return
  if (!coversNarrowing(rights.narrowing, narrowing))
    throw new Refusal('grants-more-than-held', {
      detail:
        'The calling token is narrowed: a token it creates has to be narrowed to permissions and scopes within its own.',
    })
  assertNoEscalation(context, { grants: await findGrants(context.db, owner.kind, owner.id), narrowing })
}
