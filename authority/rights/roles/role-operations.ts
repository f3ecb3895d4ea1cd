import type { CreateInputOf, InputOf, roles } from '@mintmark/contract'
import { type Context, Refusal } from '../../context.ts'
import { newId } from '../../ids.ts'
import { refuseTaken } from '../../refuse-taken.ts'
import { chooseAccount } from '../choose-account.ts'
import { assertMayRemoveFrom, assertNoEscalation } from '../escalation.ts'
import { scopesOfRole } from '../rights-view.ts'
import { assertVouchedFor } from '../vouched.ts'
import { deleteRole, insertRole, isRoleInUse, isRoleNameTaken, rolePermissions, updateRole } from './role-store.ts'
import type { RoleRecord } from './role-view.ts'

type RoleInput = InputOf<typeof roles>

export async function createRole(context: Context, input: CreateInputOf<typeof roles>): Promise<{ id: string }> {
  const { db, world } = context
  const accountId = chooseAccount(context, input.accountId, 'roles:create')
  const permissions = input.permissions ?? []
  await refuseTaken(context, {
    what: 'A role',
    isTaken: isRoleNameTaken,
    within: { accountId },
    name: input.name,
  })
  assertNoEscalation(context, { grants: [{ scope: { account: accountId }, permissions }] })
  const id = newId(world, 'role')
  await insertRole(db, {
    id,
    accountId,
    name: input.name,
    description: input.description ?? null,
    isSystem: 0,
    createdAt: world.now().toISOString(),
  })
  await rolePermissions.replace(db, id, permissions)
  return { id }
}

export async function changeRole(context: Context, role: RoleRecord, input: RoleInput): Promise<void> {
  const accountId = accountOf(role)
  await refuseTaken(context, {
    what: 'A role',
    isTaken: isRoleNameTaken,
    within: { accountId },
    name: input.name,
    but: role.id,
  })
  if (input.permissions) await changePermissions(context, role, input.permissions)
  await updateRole(context.db, role.id, {
    ...(input.name === undefined ? {} : { name: input.name }),
    ...(input.description === undefined ? {} : { description: input.description }),
  })
}

/**
 * Added permissions take effect in every scope of the role, and could be granted anywhere in the account. Removed permissions
 * are lost in the same scopes.
 */
async function changePermissions(context: Context, role: RoleRecord, permissions: readonly string[]): Promise<void> {
  const before = new Set(role.permissions)
  const added = permissions.filter((permission) => !before.has(permission))
  const scopes = [{ account: accountOf(role) }, ...(await scopesOfRole(context.db, role.id))]
  const lost = [...before].filter((permission) => !permissions.includes(permission))
  const everywhere = (some: readonly string[]) => ({ grants: scopes.map((scope) => ({ scope, permissions: some })) })
  assertNoEscalation(context, everywhere(added))
  assertMayRemoveFrom(context, everywhere(lost))
  await assertVouchedFor(context, { role: role.id }, added)
  await rolePermissions.replace(context.db, role.id, permissions)
}

export async function removeRole(context: Context, role: RoleRecord): Promise<void> {
  assertMayRemoveFrom(context, {
    grants: [{ scope: { account: accountOf(role) }, permissions: role.permissions }],
  })
  if (await isRoleInUse(context.db, role.id)) {
    throw new Refusal('conflict', { detail: 'Access policies use this role; change them first.' })
  }
  await deleteRole(context.db, role.id)
}

/** System roles have no account. Requests to change them are refused before a handler runs. */
function accountOf({ accountId }: RoleRecord): string {
  if (accountId === null) throw new Refusal('system-object', { detail: 'A system role cannot be changed.' })
  return accountId
}
