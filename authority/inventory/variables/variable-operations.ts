import type { CreateInputOf, InputOf, vars } from '@mintmark/contract'
import { hashToken, holdsToken, looksLikeToken, may, type ScopePath } from '@mintmark/token'
import { type Context, Refusal } from '../../context.ts'
import { pathOf } from '../../database/views/resource-view.ts'
import { newId } from '../../ids.ts'
import { chooseAccount } from '../../rights/choose-account.ts'
import { scopePaths } from '../../rights/rights-view.ts'
import { findLeaked } from '../../tokens/leaked.ts'
import { refuseOverlap } from './overlap.ts'
import { deleteVariable, insertVariable, storedValue, updateVariable } from './variable-store.ts'
import type { VariableRecord } from './variable-view.ts'

type VariableInput = InputOf<typeof vars>

export async function createVariable(context: Context, input: CreateInputOf<typeof vars>): Promise<{ id: string }> {
  const { db, world } = context
  const path = await placeOf(context, input)
  const { key, category } = input
  const sensitive = input.sensitive ?? false
  const final = input.final ?? false
  await refuseOverlap(context, { key, category, final, path })
  const id = newId(world, 'var')
  await insertVariable(db, {
    id,
    accountId: path.account,
    environmentId: path.environment ?? null,
    workspaceId: path.workspace ?? null,
    key,
    category,
    ...(await valueColumns(context, path.account, id, input.value ?? '', sensitive)),
    hcl: Number(category === 'terraform' && (input.hcl ?? false)),
    final: Number(final),
    description: input.description ?? null,
    createdAt: world.now().toISOString(),
    ...touched(context),
  })
  return { id }
}

export async function changeVariable(context: Context, variable: VariableRecord, input: VariableInput): Promise<void> {
  const { db } = context
  const accountId = variable.accountId
  const category = variable.category
  const sensitive = input.sensitive ?? variable.sensitive
  if (variable.sensitive && !sensitive && (input.value === undefined || input.value === null)) {
    throw new Refusal('invalid-attribute', {
      detail: 'A sensitive value stays hidden: send a new value to turn this off.',
      at: '/data/attributes/sensitive',
    })
  }
  const key = input.key ?? variable.key
  const final = input.final ?? variable.final
  await refuseOverlap(context, { id: variable.id, key, category, final, path: pathOf(variable) })
  const becomesSensitive = sensitive && !variable.sensitive
  const value =
    input.value ??
    (input.value === null ? '' : becomesSensitive ? ((await storedValue(db, variable.id)) ?? '') : undefined)
  await updateVariable(db, variable.id, {
    key,
    final: Number(final),
    ...(value === undefined ? {} : await valueColumns(context, accountId, variable.id, value, sensitive)),
    ...(input.hcl === undefined ? {} : { hcl: Number(category === 'terraform' && input.hcl) }),
    ...(input.description === undefined ? {} : { description: input.description }),
    ...touched(context),
  })
}

export async function removeVariable(context: Context, variable: VariableRecord): Promise<void> {
  await deleteVariable(context.db, variable.id)
}

/** Returns the narrowest scope that was sent, or else the account. */
async function placeOf(context: Context, input: VariableInput): Promise<ScopePath> {
  const narrowest = input.workspaceId ?? input.environmentId
  const path = narrowest
    ? (await scopePaths(context.db, [narrowest]))[0]
    : { account: chooseAccount(context, input.accountId, 'variables:create') }
  if (!path || !may(context.actor.rights, 'variables:create', path)) {
    throw new Refusal('forbidden', {
      detail: 'This requires the permission variables:create on the scope.',
      permission: 'variables:create',
    })
  }
  const torn =
    input.environmentId && input.environmentId !== path.environment
      ? 'environment'
      : input.accountId && input.accountId !== path.account
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
      detail: 'This value contains an API token. Make the variable sensitive.',
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
