import type { assumePolicies, CreateInputOf, InputOf } from '@mintmark/contract'
import { type Context, Refusal } from '../context.ts'
import type { RecordInAccount } from '../database/views/record-of.ts'
import { newId } from '../ids.ts'
import { assertMayRemoveRightsOf, assertNoEscalationTo } from '../rights/escalation.ts'
import { assertMayTrustWorkloads } from '../tokens/lifetime.ts'
import { revokeSessionsOf } from '../tokens/revoke.ts'
import { vouchingActor } from '../tokens/voucher.ts'
import { accountOfProvider, deleteAssumePolicy, insertAssumePolicy, updateAssumePolicy } from './provider-store.ts'
import type { AssumePolicyRecord } from './provider-view.ts'

type PolicyInput = InputOf<typeof assumePolicies>

/** Lets workloads act as a service account. The caller must hold all rights of the service account. */
export async function createAssumePolicy(
  context: Context,
  input: CreateInputOf<typeof assumePolicies>,
  serviceAccount: RecordInAccount,
): Promise<{ id: string }> {
  const { db, world, actor } = context
  const accountId = serviceAccount.accountId
  const providerId = input.providerId
  if ((await accountOfProvider(db, providerId)) !== accountId) {
    throw new Refusal('invalid-relationship', {
      detail: 'Expected a provider of the same account.',
      at: '/data/relationships/provider',
    })
  }
  await assertNoEscalationTo(context, 'service-account', serviceAccount.id)
  await assertMayTrustWorkloads(context)
  const id = newId(world, 'asap')
  await insertAssumePolicy(db, {
    id,
    accountId,
    serviceAccountId: serviceAccount.id,
    providerId,
    name: input.name,
    claimConditions: JSON.stringify(withOperators(input.claimConditions ?? [])),
    maximumSessionDuration: input.maximumSessionDuration ?? 3_600,
    createdAt: world.now().toISOString(),
    createdByEmail: actor.email,
    parentId: actor.tokenId || null,
    ...vouchingActor(actor),
  })
  return { id }
}

export async function changeAssumePolicy(
  context: Context,
  policy: AssumePolicyRecord,
  input: PolicyInput,
): Promise<void> {
  const { name, claimConditions, maximumSessionDuration } = input
  await assertNoEscalationTo(context, 'service-account', policy.serviceAccountId)
  await assertMayTrustWorkloads(context)
  await updateAssumePolicy(context.db, policy.id, {
    ...vouchingActor(context.actor),
    parentId: context.actor.tokenId || null,
    ...(name === undefined ? {} : { name }),
    ...(claimConditions === undefined ? {} : { claimConditions: JSON.stringify(withOperators(claimConditions)) }),
    ...(maximumSessionDuration === undefined ? {} : { maximumSessionDuration: maximumSessionDuration ?? 3_600 }),
  })
}

/** Also revokes the tokens that the policy allowed. */
export async function removeAssumePolicy(context: Context, policy: AssumePolicyRecord): Promise<void> {
  await assertMayRemoveRightsOf(context, 'service-account', policy.serviceAccountId)
  await deleteAssumePolicy(context.db, policy.id)
  await revokeSessionsOf(context, policy.id)
}

/** The operator is always returned, `eq` when none was sent. */
const withOperators = (conditions: NonNullable<PolicyInput['claimConditions']>) =>
  conditions.map(({ claim, value, operator }) => ({ claim, value, operator: operator ?? 'eq' }))
