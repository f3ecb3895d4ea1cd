import type { InputOf, serviceAccounts } from '@mintmark/contract'
import { audit } from '../../audit/audit.ts'
import { type Context, Refusal } from '../../context.ts'
import { replaceMembers } from '../../database/members.ts'
import type { StoredRecord } from '../../database/resource-view.ts'
import { newId } from '../../ids.ts'
import { refuseTaken } from '../../refuse-taken.ts'
import { chooseAccount } from '../../rights/choose-account.ts'
import { assertMayRemoveRightsOf, assertNoEscalationTo } from '../../rights/escalation.ts'
import { confirmAll } from '../../rights/vouched.ts'
import { revokeTokensOf } from '../../tokens/revoke.ts'
import { rulesOf } from '../../tokens/security-rules/rules.ts'
import { vouchingActor } from '../../tokens/voucher.ts'
import { refuseForeignTeams } from '../teams/team-members.ts'
import { newEmailAddress } from './email-address.ts'
import {
  accountName,
  deleteServiceAccount,
  insertServiceAccount,
  updateServiceAccount,
} from './service-account-store.ts'

type ServiceAccountWish = InputOf<typeof serviceAccounts>

export async function createServiceAccount(context: Context, wish: ServiceAccountWish): Promise<{ id: string }> {
  const { db, world, actor } = context
  const accountId = chooseAccount(context, wish.accountId, 'service-accounts:create')
  const name = wish.name as string
  const owners = wish.owners ?? []
  await refuseOwners(context, accountId, owners)
  await refuseTaken(context, {
    what: 'A service account',
    table: 'service_accounts',
    within: { account_id: accountId },
    name,
  })
  const id = newId(world, 'sa')
  const email = await newEmailAddress(context, { id, account: await accountName(db, accountId), name })
  await insertServiceAccount(db, {
    id,
    accountId,
    name,
    description: wish.description ?? null,
    email,
    status: wish.status ?? 'Active',
    createdById: actor.kind === 'user' ? actor.id : null,
    createdAt: world.now().toISOString(),
  })
  await replaceMembers(db, 'service_account_owners', ['service_account_id', id], 'team_id', owners)
  await audit(context, {
    action: 'service-accounts.created',
    accountId,
    subjectType: 'service-accounts',
    subjectId: id,
    after: { ...wish, email },
  })
  return { id }
}

export async function changeServiceAccount(
  context: Context,
  serviceAccount: StoredRecord,
  wish: ServiceAccountWish,
): Promise<void> {
  const { db } = context
  const accountId = serviceAccount.accountId as string
  if (wish.owners) await refuseOwners(context, accountId, wish.owners)
  // Reactivating a service account gives its rights back to its token holders.
  if (wish.status === 'Active' && serviceAccount.status !== 'Active')
    await assertNoEscalationTo(context, 'service-account', serviceAccount.id)
  if (wish.status === 'Inactive' && serviceAccount.status !== 'Inactive')
    await assertMayRemoveRightsOf(context, 'service-account', serviceAccount.id)
  await updateServiceAccount(db, serviceAccount.id, {
    ...(wish.description === undefined ? {} : { description: wish.description }),
    ...(wish.status === undefined ? {} : { status: wish.status }),
  })
  if (wish.owners)
    await replaceMembers(
      db,
      'service_account_owners',
      ['service_account_id', serviceAccount.id],
      'team_id',
      wish.owners,
    )
  await audit(context, {
    action: 'service-accounts.updated',
    accountId,
    subjectType: 'service-accounts',
    subjectId: serviceAccount.id,
    before: serviceAccount,
    after: { ...wish },
  })
}

/** The caller vouches for the token holders and for the workloads that the assume policies admit. */
export async function confirmCredentials(context: Context, serviceAccount: StoredRecord): Promise<{ id: string }> {
  const { id, accountId } = serviceAccount
  await assertNoEscalationTo(context, 'service-account', id)
  await confirmAll(context.db, id, vouchingActor(context.actor), context.world.now().toISOString())
  await audit(context, {
    action: 'service-accounts.credentials-confirmed',
    accountId: accountId as string,
    subjectType: 'service-accounts',
    subjectId: id,
  })
  return { id }
}

/** Deletes a service account with its tokens, policies and assume policies. */
export async function removeServiceAccount(context: Context, serviceAccount: StoredRecord): Promise<void> {
  await assertMayRemoveRightsOf(context, 'service-account', serviceAccount.id)
  await revokeTokensOf(context, serviceAccount.id)
  await deleteServiceAccount(context.db, serviceAccount.id)
  const { name, email } = serviceAccount
  await audit(context, {
    action: 'service-accounts.deleted',
    accountId: serviceAccount.accountId as string,
    subjectType: 'service-accounts',
    subjectId: serviceAccount.id,
    before: { name, email },
  })
}

async function refuseOwners(context: Context, accountId: string, owners: readonly string[]): Promise<void> {
  const { requireOwnersForServiceAccounts } = await rulesOf(context.db, accountId)
  if (requireOwnersForServiceAccounts && owners.length === 0) {
    throw new Refusal('invalid-relationship', {
      detail: 'The security rules ask for at least one owner.',
      at: '/data/relationships/owners',
    })
  }
  await refuseForeignTeams(context, accountId, owners, 'owners')
}
