import type { InputOf, roles } from '@mintmark/contract'
import { audit } from '../../audit/audit.ts'
import { type Context, Refusal } from '../../context.ts'
import { replaceMembers } from '../../database/members.ts'
import type { StoredRecord } from '../../database/resource-view.ts'
import { newId } from '../../ids.ts'
import { refuseTaken } from '../../refuse-taken.ts'
import { chooseAccount } from '../choose-account.ts'
import { assertMayRemoveFrom, assertNoEscalation } from '../escalation.ts'
import { scopesOfRole } from '../rights-view.ts'
import { assertVouchedFor } from '../vouched.ts'
import { deleteRole, insertRole, isRoleInUse, updateRole } from './role-store.ts'

type RoleWish = InputOf<typeof roles>

export async function createRole(context: Context, wish: RoleWish): Promise<{ id: string }> {
  const { db, world } = context
  const accountId = chooseAccount(context, wish.accountId, 'roles:create')
  const permissions = wish.permissions ?? []
  await refuseTaken(context, {
    what: 'A role',
    table: 'roles',
    within: { account_id: accountId },
    name: wish.name as string,
  })
  assertNoEscalation(context, { grants: [{ scope: { account: accountId }, permissions }] })
  const id = newId(world, 'role')
  await insertRole(db, {
    id,
    accountId,
    name: wish.name as string,
    description: wish.description ?? null,
    isSystem: 0,
    createdAt: world.now().toISOString(),
  })
  await replaceMembers(db, 'role_permissions', ['role_id', id], 'permission', permissions)
  await audit(context, { action: 'roles.created', accountId, subjectType: 'roles', subjectId: id, after: { ...wish } })
  return { id }
}

export async function changeRole(context: Context, role: StoredRecord, wish: RoleWish): Promise<void> {
  const accountId = role.accountId as string
  await refuseTaken(context, {
    what: 'A role',
    table: 'roles',
    within: { account_id: accountId },
    name: wish.name,
    but: role.id,
  })
  if (wish.permissions) await changePermissions(context, role, wish.permissions)
  await updateRole(context.db, role.id, {
    ...(wish.name === undefined ? {} : { name: wish.name }),
    ...(wish.description === undefined ? {} : { description: wish.description }),
  })
  await audit(context, {
    action: 'roles.updated',
    accountId,
    subjectType: 'roles',
    subjectId: role.id,
    before: role,
    after: { ...wish },
  })
}

/**
 * Added permissions take effect in every scope of the role, and could be granted anywhere in the account. Removed permissions
 * are lost in the same scopes.
 */
async function changePermissions(context: Context, role: StoredRecord, permissions: readonly string[]): Promise<void> {
  const before = new Set(role.permissions as string[])
  const added = permissions.filter((permission) => !before.has(permission))
  const scopes = [{ account: role.accountId as string }, ...(await scopesOfRole(context.db, role.id))]
  const lost = [...before].filter((permission) => !permissions.includes(permission))
  const everywhere = (some: readonly string[]) => ({ grants: scopes.map((scope) => ({ scope, permissions: some })) })
  if (added.length > 0) assertNoEscalation(context, everywhere(added))
  if (lost.length > 0) assertMayRemoveFrom(context, everywhere(lost))
  await assertVouchedFor(context, { role: role.id }, added)
  await replaceMembers(context.db, 'role_permissions', ['role_id', role.id], 'permission', permissions)
}

export async function removeRole(context: Context, role: StoredRecord): Promise<void> {
  assertMayRemoveFrom(context, {
    grants: [{ scope: { account: role.accountId as string }, permissions: role.permissions as string[] }],
  })
  if (await isRoleInUse(context.db, role.id)) {
    throw new Refusal('conflict', { detail: 'Access policies use this role; change them first.' })
  }
  await deleteRole(context.db, role.id)
  await audit(context, {
    action: 'roles.deleted',
    accountId: role.accountId as string,
    subjectType: 'roles',
    subjectId: role.id,
    before: { name: role.name, permissions: role.permissions },
  })
}
