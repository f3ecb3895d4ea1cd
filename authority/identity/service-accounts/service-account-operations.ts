import type { CreateInputOf, InputOf, serviceAccounts } from '@mintmark/contract'
import type { AuditDetails } from '../../audit/audit.ts'
import { type Context, Refusal } from '../../context.ts'
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
  isServiceAccountNameTaken,
  serviceAccountOwners,
  updateServiceAccount,
} from './service-account-store.ts'
import type { ServiceAccountRecord } from './service-account-view.ts'

type ServiceAccountInput = InputOf<typeof serviceAccounts>

export async function createServiceAccount(
  context: Context,
  input: CreateInputOf<typeof serviceAccounts>,
): Promise<{ id: string } & AuditDetails> {
  const { db, world, actor } = context
  const accountId = chooseAccount(context, input.accountId, 'service-accounts:create')
  const { name } = input
  const owners = input.owners ?? []
  await refuseOwners(context, accountId, owners)
  await refuseTaken(context, {
    what: 'A service account',
    isTaken: isServiceAccountNameTaken,
    within: { accountId },
    name,
  })
  const id = newId(world, 'sa')
  const email = await newEmailAddress(context, { id, account: await accountName(db, accountId), name })
  await insertServiceAccount(db, {
    id,
    accountId,
    name,
    description: input.description ?? null,
    email,
    status: input.status ?? 'Active',
    createdById: actor.kind === 'user' ? actor.id : null,
    createdAt: world.now().toISOString(),
  })
  await serviceAccountOwners.replace(db, id, owners)
  return { id, audited: { email } }
}

export async function changeServiceAccount(
  context: Context,
  serviceAccount: ServiceAccountRecord,
  input: ServiceAccountInput,
): Promise<void> {
  const { db } = context
  const accountId = serviceAccount.accountId
  if (input.owners) await refuseOwners(context, accountId, input.owners)
  // Reactivating a service account gives its rights back to its token holders.
  if (input.status === 'Active' && serviceAccount.status !== 'Active')
    await assertNoEscalationTo(context, 'service-account', serviceAccount.id)
  if (input.status === 'Inactive' && serviceAccount.status !== 'Inactive')
    await assertMayRemoveRightsOf(context, 'service-account', serviceAccount.id)
  await updateServiceAccount(db, serviceAccount.id, {
    ...(input.description === undefined ? {} : { description: input.description }),
    ...(input.status === undefined ? {} : { status: input.status }),
  })
  if (input.owners) await serviceAccountOwners.replace(db, serviceAccount.id, input.owners)
}

/** The caller vouches for the token holders and for the workloads that the assume policies admit. */
export async function confirmCredentials(
  context: Context,
  serviceAccount: ServiceAccountRecord,
): Promise<{ id: string }> {
  const { id } = serviceAccount
  await assertNoEscalationTo(context, 'service-account', id)
  await confirmAll(context.db, id, vouchingActor(context.actor), context.world.now().toISOString())
  return { id }
}

/** Deletes a service account with its tokens, policies and assume policies. */
export async function removeServiceAccount(context: Context, serviceAccount: ServiceAccountRecord): Promise<void> {
  await assertMayRemoveRightsOf(context, 'service-account', serviceAccount.id)
  await revokeTokensOf(context, serviceAccount.id)
  await deleteServiceAccount(context.db, serviceAccount.id)
}

async function refuseOwners(context: Context, accountId: string, owners: readonly string[]): Promise<void> {
  const { requireOwnersForServiceAccounts } = await rulesOf(context.db, accountId)
  if (requireOwnersForServiceAccounts && owners.length === 0) {
    throw new Refusal('invalid-relationship', {
      detail: 'The security rules require at least one owner.',
      at: '/data/relationships/owners',
    })
  }
  await refuseForeignTeams(context, accountId, owners, 'owners')
}
