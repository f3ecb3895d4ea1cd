/** New tokens: their row, their secret and their audit event. */
import { hashToken, lastCharacters, mintToken, randomBytesOfToken, type Secret } from '@mintmark/token'
import { type AuditedChange, auditEach } from '../audit/audit.ts'
import type { Context } from '../context.ts'
import type { Db } from '../database/database.ts'
import { newId } from '../ids.ts'
import type { Voucher } from '../rights/creator.ts'
import { insertTokens, type TokenRow } from './access-token-store.ts'
import type { Lifetime } from './lifetime.ts'
import type { TokenInput, TokenOwner } from './mint.ts'

export interface Lineage {
  readonly family?: string
  readonly predecessorId?: string
  readonly rotationKey?: string | null
  /** Set for a workload identity session. */
  readonly assumePolicyId?: string
}

export interface NewToken {
  readonly row: TokenRow
  readonly secret: Secret
  readonly context: Context
  readonly change: AuditedChange
}

interface Decided {
  readonly owner: TokenOwner
  readonly input: Omit<TokenInput, 'expiresIn'>
  readonly lifetime: Lifetime
  readonly lineage?: Lineage
  readonly voucher: Voucher
  /** The accounts that the token concerns. */
  readonly accounts: readonly string[]
}

/** Returns a token that is not written yet. Its parent is always the calling token. */
export function newToken(context: Context, decided: Decided): NewToken {
  const { world, installation, actor } = context
  const { owner, lineage = {}, voucher, accounts } = decided
  const { expiresIn, expiresAt, createdAt, renewableUntil } = decided.lifetime
  const { name = null, description = null, permissions = null, scopes = null } = decided.input
  const id = newId(world, 'at')
  const { generation, key } = installation.signingKey()
  const random = world.random(randomBytesOfToken)
  const secret = mintToken({ mark: installation.mark, id, generation, key, random })
  random.fill(0)
  const row: TokenRow = {
    id,
    hash: hashToken(secret.bytes()),
    generation,
    lastCharacters: lastCharacters(secret),
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
    parentId: actor.tokenId || null,
    renewableUntil,
    assumePolicyId: lineage.assumePolicyId ?? null,
    vouchedById: voucher.vouchedById,
    vouchedTokenId: voucher.vouchedTokenId,
  }
  const { predecessorId: predecessor, parentId: parent } = row
  const after = {
    owner: owner.id,
    name,
    description,
    expiresIn,
    permissions,
    scopes,
    lastCharacters: row.lastCharacters,
  }
  const change = {
    action: 'access-tokens.minted',
    accountId: accounts,
    subjectType: 'access-tokens',
    subjectId: id,
    ownerId: owner.id,
    after: { ...after, predecessor, parent, renewableUntil },
  }
  return { row, secret, context, change }
}

/** Writes tokens with their audit events. */
export async function insertNewTokens(db: Db, tokens: readonly NewToken[]): Promise<void> {
  await insertTokens(
    db,
    tokens.map(({ row }) => row),
  )
  await auditEach(db, tokens)
}
