import type { InputOf, vars } from '@mintmark/contract'
import { hashToken, holdsToken, looksLikeToken, may, type ScopePath } from '@mintmark/token'
import { audit } from '../../audit/audit.ts'
import { type Context, Refusal } from '../../context.ts'
import { pathOf, type StoredRecord } from '../../database/resource-view.ts'
import { newId } from '../../ids.ts'
import { chooseAccount } from '../../rights/choose-account.ts'
import { scopePaths } from '../../rights/rights-view.ts'
import { findLeaked } from '../../tokens/leaked.ts'
import { refuseOverlap } from './overlap.ts'
import { deleteVariable, insertVariable, storedValue, updateVariable } from './variable-store.ts'

type VariableWish = InputOf<typeof vars>

export async function createVariable(context: Context, wish: VariableWish): Promise<{ id: string }> {
  const { db, world } = context
  const path = await placeOf(context, wish)
  const { key, category } = wish as { key: string; category: string }
  const sensitive = wish.sensitive ?? false
  const final = wish.final ?? false
  await refuseOverlap(context, { key, category, final, path })
  const id = newId(world, 'var')
  await insertVariable(db, {
    id,
    accountId: path.account,
    environmentId: path.environment ?? null,
    workspaceId: path.workspace ?? null,
    key,
    category,
    ...(await valueColumns(context, path.account, id, wish.value ?? '', sensitive)),
    hcl: Number(category === 'terraform' && (wish.hcl ?? false)),
    final: Number(final),
    description: wish.description ?? null,
    createdAt: world.now().toISOString(),
    ...touched(context),
  })
  await audit(context, {
    action: 'variables.created',
    accountId: path.account,
    subjectType: 'vars',
    subjectId: id,
    after: { key, category, sensitive, final, path },
  })
  return { id }
}

export async function changeVariable(context: Context, variable: StoredRecord, wish: VariableWish): Promise<void> {
  const { db } = context
  const accountId = variable.accountId as string
  const category = variable.category as string
  const sensitive = wish.sensitive ?? (variable.sensitive as boolean)
  if (variable.sensitive && !sensitive && (wish.value === undefined || wish.value === null)) {
    throw new Refusal('invalid-attribute', {
      detail: 'A sensitive value stays hidden: send a new value to turn this off.',
      at: '/data/attributes/sensitive',
    })
  }
  const key = wish.key ?? (variable.key as string)
  const final = wish.final ?? (variable.final as boolean)
  await refuseOverlap(context, { id: variable.id, key, category, final, path: pathOf(variable) })
  const becomesSensitive = sensitive && !variable.sensitive
  const value =
    wish.value ??
    (wish.value === null ? '' : becomesSensitive ? ((await storedValue(db, variable.id)) ?? '') : undefined)
  await updateVariable(db, variable.id, {
    key,
    final: Number(final),
    ...(value === undefined ? {} : await valueColumns(context, accountId, variable.id, value, sensitive)),
    ...(wish.hcl === undefined ? {} : { hcl: Number(category === 'terraform' && wish.hcl) }),
    ...(wish.description === undefined ? {} : { description: wish.description }),
    ...touched(context),
  })
  const { value: given, ...after } = wish
  await audit(context, {
    action: 'variables.updated',
    accountId,
    subjectType: 'vars',
    subjectId: variable.id,
    before: variable,
    after: { ...after, ...(given === undefined ? {} : { valueChanged: true }) },
  })
}

export async function removeVariable(context: Context, variable: StoredRecord): Promise<void> {
  await deleteVariable(context.db, variable.id)
  const { key, category, sensitive } = variable
  await audit(context, {
    action: 'variables.deleted',
    accountId: variable.accountId as string,
    subjectType: 'vars',
    subjectId: variable.id,
    before: { key, category, sensitive },
  })
}

/** Returns the narrowest scope that was sent, or else the account. */
async function placeOf(context: Context, wish: VariableWish): Promise<ScopePath> {
  const narrowest = wish.workspaceId ?? wish.environmentId
  const path = narrowest
    ? (await scopePaths(context.db, [narrowest]))[0]
    : { account: chooseAccount(context, wish.accountId, 'variables:create') }
  if (!path || !may(context.actor.rights, 'variables:create', path)) {
    throw new Refusal('forbidden', { detail: 'This takes the permission variables:create on the scope.' })
  }
  const torn =
    wish.environmentId && wish.environmentId !== path.environment
      ? 'environment'
      : wish.accountId && wish.accountId !== path.account
        ? 'account'
        : undefined
  if (torn) {
    throw new Refusal('invalid-relationship', {
      detail: 'Expected scopes that lie within each other.',
      at: `/data/relationships/${torn}`,
    })
  }
  return path
}

/** Encrypts sensitive values. A Mintmark token is never stored in plaintext. */
async function valueColumns(context: Context, accountId: string, id: string, value: string, sensitive: boolean) {
  if (sensitive) {
    const sealed = await context.vault.seal(context.db, accountId, `variables/${id}/sealed`, value)
    const held = looksLikeToken(value.trim()) ? await findLeaked(context, hashToken(value.trim())) : undefined
    return { value: null, sealed, sensitive: 1, accessTokenId: held?.id ?? null }
  }
  if (holdsToken(context.installation.mark, value)) {
    throw new Refusal('invalid-attribute', {
      detail: 'This value holds an API token: make the variable sensitive.',
      at: '/data/attributes/sensitive',
    })
  }
  return { value, sealed: null, sensitive: 0, accessTokenId: null }
}

const touched = ({ world, actor }: Context) => ({
  updatedAt: world.now().toISOString(),
  updatedById: actor.kind === 'user' ? actor.id : null,
  updatedByEmail: actor.email,
})
