import type { assumePolicies, InputOf } from '@mintmark/contract'
import { audit } from '../audit/audit.ts'
import { type Context, Refusal } from '../context.ts'
import type { StoredRecord } from '../database/resource-view.ts'
import { newId } from '../ids.ts'
import { assertMayRemoveRightsOf, assertNoEscalationTo } from '../rights/escalation.ts'
import { revokeSessionsOf } from '../tokens/revoke.ts'
import { vouchingActor } from '../tokens/voucher.ts'
import { accountOfProvider, deleteAssumePolicy, insertAssumePolicy, updateAssumePolicy } from './provider-store.ts'

type PolicyWish = InputOf<typeof assumePolicies>

const type = 'assume-service-account-policies'

/** Lets workloads act as a service account. The caller must hold all rights of the service account. */
export async function createAssumePolicy(
  context: Context,
  wish: PolicyWish,
  serviceAccount: StoredRecord,
): Promise<{ id: string }> {
  const { db, world, actor } = context
  const accountId = serviceAccount.accountId as string
  const providerId = wish.providerId as string
  if ((await accountOfProvider(db, providerId)) !== accountId) {
    throw new Refusal('invalid-relationship', {
      detail: 'Expected a provider of the same account.',
      at: '/data/relationships/provider',
    })
  }
  await assertNoEscalationTo(context, 'service-account', serviceAccount.id)
  const id = newId(world, 'asap')
  await insertAssumePolicy(db, {
    id,
    accountId,
    serviceAccountId: serviceAccount.id,
    providerId,
    name: wish.name as string,
    claimConditions: JSON.stringify(withOperators(wish.claimConditions ?? [])),
    maximumSessionDuration: wish.maximumSessionDuration ?? 3_600,
    createdAt: world.now().toISOString(),
    createdByEmail: actor.email,
    parentId: actor.tokenId || null,
    ...vouchingActor(actor),
  })
  await audit(context, {
    action: `${type}.created`,
    accountId,
    subjectType: type,
    subjectId: id,
    after: { ...wish, serviceAccountId: serviceAccount.id },
  })
  return { id }
}

export async function changeAssumePolicy(context: Context, policy: StoredRecord, wish: PolicyWish): Promise<void> {
  const { name, claimConditions, maximumSessionDuration } = wish
  await assertNoEscalationTo(context, 'service-account', policy.serviceAccountId as string)
  await updateAssumePolicy(context.db, policy.id, {
    ...vouchingActor(context.actor),
    parentId: context.actor.tokenId || null,
    ...(name === undefined ? {} : { name }),
    ...(claimConditions === undefined ? {} : { claimConditions: JSON.stringify(withOperators(claimConditions)) }),
    ...(maximumSessionDuration === undefined ? {} : { maximumSessionDuration: maximumSessionDuration ?? 3_600 }),
  })
  await audit(context, {
    action: `${type}.updated`,
    accountId: policy.accountId as string,
    subjectType: type,
    subjectId: policy.id,
    before: policy,
    after: { ...wish },
  })
}

/** Also revokes the tokens that the policy allowed. */
export async function removeAssumePolicy(context: Context, policy: StoredRecord): Promise<void> {
  await assertMayRemoveRightsOf(context, 'service-account', policy.serviceAccountId as string)
  await deleteAssumePolicy(context.db, policy.id)
  await revokeSessionsOf(context, policy.id)
  await audit(context, {
    action: `${type}.deleted`,
    accountId: policy.accountId as string,
    subjectType: type,
    subjectId: policy.id,
    before: { name: policy.name },
  })
}

/** The operator is always returned, `eq` when none was sent. */
const withOperators = (conditions: NonNullable<PolicyWish['claimConditions']>) =>
  conditions.map(({ claim, value, operator }) => ({ claim, value, operator: operator ?? 'eq' }))
