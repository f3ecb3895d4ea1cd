/** Invites users to an account and removes them. */
import type { accounts, CreateInputOf } from '@mintmark/contract'
import { may } from '@mintmark/token'
import { audit } from '../../audit/audit.ts'
import { type Context, Refusal } from '../../context.ts'
import { echoed } from '../../echo.ts'
import { newUuid } from '../../ids.ts'
import { grantRoles } from '../../rights/access-policies/grant.ts'
import {
  assertMayRemoveFrom,
  assertNoEscalationByRoles,
  assertNoEscalationByTeams,
  assertNoEscalationInAccount,
} from '../../rights/escalation.ts'
import { findGrantsAndPromises } from '../../rights/rights-view.ts'
import { vouchForMember } from '../../rights/vouched-members.ts'
import { addToTeams } from '../teams/team-members.ts'
import { findOrAddPending } from '../users/pending.ts'
import { findMembershipState, refuseExistingMember } from './accept-invitation.ts'
import { deleteMembership, insertInvitation, ownedAccounts } from './account-store.ts'
import type { AccountRecord } from './account-view.ts'

type Invitation = CreateInputOf<(typeof accounts)['operations']['invite']['inputDocument']>

/**
 * Creates a Pending user if the email address is unknown. Team memberships and the access policy for the roles are written
 * now and take effect when the user accepts.
 */
export async function invite(context: Context, account: AccountRecord, input: Invitation): Promise<{ id: string }> {
  const { db, world } = context
  const { roles = [], teams = [] } = input
  const scope = { account: account.id }
  if (roles.length > 0) {
    requirePermission(context, 'accounts:set-access-policies', account.id)
    await assertNoEscalationByRoles(context, roles, scope)
  }
  if (teams.length > 0) {
    requirePermission(context, 'teams:update', account.id)
    await assertNoEscalationByTeams(context, teams)
  }
  const userId = await findOrAddPending(context, input.email, account.id)
  await refuseExistingMember(context, account.id, userId)
  const id = newUuid(world)
  const createdAt = world.now().toISOString()
  await insertInvitation(db, { id, accountId: account.id, userId, createdById: context.actor.id || null, createdAt })
  await addToTeams(context, userId, account.id, teams)
  if (roles.length > 0) await grantRoles(context, { subject: { userId }, scope, roles })
  await audit(context, {
    action: 'accounts.user-invited',
    accountId: account.id,
    subjectType: 'users',
    subjectId: userId,
    after: { email: input.email, roles, teams },
  })
  return { id }
}

export async function removeUser(
  context: Context,
  account: AccountRecord,
  _input: unknown,
  path: Readonly<Record<string, string>>,
): Promise<void> {
  const userId = path['user'] as string
  if (!(await findMembershipState(context.db, account.id, userId))) {
    throw noSuchUser(userId)
  }
  if ((await ownedAccounts(context.db, userId)).includes(account.id)) {
    throw new Refusal('last-owner', {
      detail: 'The owner of an account cannot be removed. Transfer the account first.',
    })
  }
  await refuseRemovalFrom(context, account.id, userId)
  await deleteMembership(context.db, account.id, userId)
  await audit(context, {
    action: 'accounts.user-removed',
    accountId: account.id,
    subjectType: 'users',
    subjectId: userId,
  })
}

/** The caller vouches for the user from now on. */
export async function confirmUser(
  context: Context,
  account: AccountRecord,
  _input: unknown,
  path: Readonly<Record<string, string>>,
): Promise<void> {
  const userId = path['user'] as string
  if ((await findMembershipState(context.db, account.id, userId)) !== 'member') throw noSuchUser(userId)
  if (userId === context.actor.id) throw new Refusal('forbidden', { detail: 'You cannot confirm yourself.' })
  await assertNoEscalationInAccount(context, account.id, userId)
  await vouchForMember(context, account.id, userId)
  await audit(context, {
    action: 'accounts.user-confirmed',
    accountId: account.id,
    subjectType: 'users',
    subjectId: userId,
  })
}

const noSuchUser = (id: string) =>
  new Refusal('not-found', {
    title: `User with ID '${echoed(id)}' not found or user unauthorized.`,
  })

/** Requires all rights that the user has or is promised in the account. */
async function refuseRemovalFrom(context: Context, accountId: string, userId: string): Promise<void> {
  const grants = await findGrantsAndPromises(context.db, 'user', userId)
  assertMayRemoveFrom(context, { grants: grants.filter(({ scope }) => scope.account === accountId) })
}

function requirePermission({ actor }: Context, permission: string, account: string): void {
  if (!may(actor.rights, permission, { account }))
    throw new Refusal('forbidden', { detail: `This requires the permission ${permission}.`, permission })
}
