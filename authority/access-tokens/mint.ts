import { permissionIds } from '@mintmark/contract'
import {
  coversScope,
  hashToken,
  lastCharacters,
  mintToken,
  type Narrowing,
  randomBytesOfToken,
  type Secret,
} from '@mintmark/token'
import { record } from '../audit-events/record.ts'
import { type Context, type OwnerKind, Refusal } from '../context.ts'
import { newId } from '../ids.ts'
import { refuseRaise } from '../rights/raise.ts'
import { findGrants, scopePaths } from '../rights/rights-shelf.ts'
import { rulesOf } from '../security-rules/rules.ts'
import { note } from '../verdicts/note.ts'
import { accountsOfUser, insertToken } from './access-token-store.ts'

export interface TokenWish {
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
  /** Null for a person, who may belong to several. */
  readonly accountId: string | null
}

export interface Line {
  readonly family?: string
  readonly predecessorId?: string
  readonly rotationKey?: string | null
}

/** What the answer that minted a token shows, this once. */
export interface Minted {
  readonly id: string
  readonly once: { readonly token: Secret }
}

/** Mints a token. The secret leaves in this answer and is kept nowhere; only its hash stays. */
export async function mint(context: Context, owner: TokenOwner, wish: TokenWish): Promise<Minted> {
  const accounts = await accountsOf(context, owner)
  await refuseTooLong(context, owner, wish.expiresIn, '/data/attributes/expires-in')
  await refuseMoreThanHeld(context, owner, await readNarrowing(context, wish))
  return issue(context, owner, accounts, wish)
}

/**
 * Mints the successor of a token, as wide and as long-lived. A rule that came later shortens it rather than stopping a
 * job that rotates by itself, and a scope that is gone stays gone.
 */
export async function mintSuccessor(context: Context, owner: TokenOwner, old: TokenWish, line: Line): Promise<Minted> {
  const accounts = await accountsOf(context, owner)
  const most = await longestLife(context, owner, accounts)
  const expiresIn = most === null ? old.expiresIn : Math.min(old.expiresIn ?? most, most)
  const { permissions = null, scopes = null } = old
  const narrowing =
    permissions || scopes ? { permissions, scopes: scopes && (await scopePaths(context.db, scopes)) } : null
  await refuseMoreThanHeld(context, owner, narrowing)
  return issue(context, owner, accounts, { ...old, expiresIn }, line)
}

const accountsOf = ({ db }: Context, owner: TokenOwner): Promise<string[]> | string[] =>
  owner.accountId === null ? accountsOfUser(db, owner.id) : [owner.accountId]

/** Writes a token that was decided on. Also for sessions, whose life is counted in seconds. */
export async function issue(
  context: Context,
  owner: TokenOwner,
  accounts: readonly string[],
  wish: TokenWish & { readonly lifeSeconds?: number },
  line: Line = {},
): Promise<Minted> {
  const { db, world, installation, actor } = context
  const id = newId(world, 'at')
  const { generation, key } = installation.signingKey()
  const random = world.random(randomBytesOfToken)
  const token = mintToken({ mark: installation.mark, id, generation, key, random })
  random.fill(0)
  const now = world.now()
  const { name = null, description = null, expiresIn = null, permissions = null, scopes = null } = wish
  const lifeSeconds = wish.lifeSeconds ?? (expiresIn === null ? null : expiresIn * 60)
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
    createdAt: now.toISOString(),
    expiresAt: lifeSeconds === null ? null : new Date(now.getTime() + lifeSeconds * 1000).toISOString(),
    createdById: actor.kind === 'user' ? actor.id : null,
    lastUsedAt: null,
    family: line.family ?? id,
    predecessorId: line.predecessorId ?? null,
    rotationKey: line.rotationKey ?? null,
    revokedAt: null,
  })
  const after = {
    owner: owner.id,
    name,
    description,
    expiresIn,
    permissions,
    scopes,
    lastCharacters: lastCharacters(token),
    predecessor: line.predecessorId ?? null,
  }
  await record(context, {
    action: 'access-tokens.minted',
    accountId: accounts[0] ?? null,
    subjectType: 'access-tokens',
    subjectId: id,
    after,
  })
  await note(context, 'token', id)
  return { id, once: { token } }
}

export async function refuseTooLong(
  context: Context,
  owner: TokenOwner,
  expiresIn: number | null | undefined,
  at: string,
): Promise<void> {
  const most = await longestLife(context, owner, await accountsOf(context, owner))
  if (most !== null && (expiresIn ?? Number.POSITIVE_INFINITY) > most)
    throw new Refusal('invalid-attribute', {
      detail: `The security rules ask for a life of at most ${most} minutes.`,
      at,
    })
}

/** Minutes; the strictest rule of the owner's accounts holds, null when there is none. */
async function longestLife({ db }: Context, owner: TokenOwner, accounts: readonly string[]): Promise<number | null> {
  if (owner.kind === 'agent-pool') return null
  const name = owner.kind === 'user' ? 'maxPersonalTokenLifetime' : 'maxServiceAccountTokenLifetime'
  const rules = await Promise.all(accounts.map((account) => rulesOf(db, account)))
  const most = Math.min(...rules.map((rule) => rule[name] ?? Number.POSITIVE_INFINITY))
  return most === Number.POSITIVE_INFINITY ? null : most
}

async function readNarrowing(context: Context, { permissions, scopes }: TokenWish): Promise<Narrowing | null> {
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
      detail: 'Expected the id of a scope you may act in.',
      at: `/data/attributes/scopes/${foreign}`,
    })
  return { permissions: permissions ?? null, scopes: paths }
}

/** Whoever holds the new token could do all that it can. */
async function refuseMoreThanHeld(context: Context, owner: TokenOwner, narrowing: Narrowing | null): Promise<void> {
  const { actor, db } = context
  if (owner.id === actor.id && !actor.rights.narrowing) return
  refuseRaise(context, { grants: await findGrants(db, owner.kind, owner.id), narrowing })
}
