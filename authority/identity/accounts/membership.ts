/** Invites people to an account and removes them. */
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
import { refuseKnown, standingIn } from './accept-invitation.ts'
import { deleteMembership, insertInvitation, ownedAccounts } from './account-store.ts'
import type { AccountRecord } from './account-view.ts'

type Invitation = CreateInputOf<(typeof accounts)['operations']['invite']['takes']>

/**
 * An unknown e-mail address becomes a Pending user. Teams, and the access policy on the whole account that roles become,
 * are written now and count from the day the person accepts.
 */
export async function invite(context: Context, account: AccountRecord, input: Invitation): Promise<{ id: string }> {
  const { db, world } = context
  const { roles = [], teams = [] } = input
  const scope = { account: account.id }
  if (roles.length > 0) {
    refuseWithout(context, 'accounts:set-access-policies', account.id)
    await assertNoEscalationByRoles(context, roles, scope)
  }
  if (teams.length > 0) {
    refuseWithout(context, 'teams:update', account.id)
    await assertNoEscalationByTeams(context, teams)
  }
  const userId = await findOrAddPending(context, input.email, account.id)
  await refuseKnown(context, account.id, userId)
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
  _wish: unknown,
  path: Readonly<Record<string, string>>,
): Promise<void> {
  const userId = path.user as string
  if (!(await standingIn(context.db, account.id, userId))) {
    throw noSuchUser(userId)
  }
  if ((await ownedAccounts(context.db, userId)).includes(account.id)) {
    throw new Refusal('last-owner', {
      detail: 'The owner of an account cannot be removed from it; hand the account over first.',
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

/** Whoever confirms takes responsibility for who signs in as this person. */
export async function confirmUser(
  context: Context,
  account: AccountRecord,
  _wish: unknown,
  path: Readonly<Record<string, string>>,
): Promise<void> {
  const userId = path.user as string
  if ((await standingIn(context.db, account.id, userId)) !== 'member') throw noSuchUser(userId)
  if (userId === context.actor.id) throw new Refusal('forbidden', { detail: 'Nobody confirms themselves.' })
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

/** To take somebody out of an account takes all that they hold in it. */
async function refuseRemovalFrom(context: Context, accountId: string, userId: string): Promise<void> {
  const grants = await findGrantsAndPromises(context.db, 'user', userId)
  assertMayRemoveFrom(context, { grants: grants.filter(({ scope }) => scope.account === accountId) })
}

function refuseWithout({ actor }: Context, permission: string, account: string): void {
  if (!may(actor.rights, permission, { account }))
    throw new Refusal('forbidden', { detail: `This takes the permission ${permission}.` })
}
