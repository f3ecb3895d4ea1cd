import type { CreateInputOf, InputOf, workloadIdentityProviders } from '@mintmark/contract'
import { type Context, Refusal } from '../context.ts'
import { newId } from '../ids.ts'
import { chooseAccount } from '../rights/choose-account.ts'
import { assertMayRemoveRightsOf, assertNoEscalationTo } from '../rights/escalation.ts'
import { assertMayTrustWorkloads } from '../tokens/lifetime.ts'
import { revokeSessionsOf } from '../tokens/revoke.ts'
import { vouchingActor } from '../tokens/voucher.ts'
import {
  deleteProvider,
  insertProvider,
  isUrlTaken,
  policiesOfProvider,
  serviceAccountsTrusting,
  updateProvider,
  vouchForPolicies,
} from './provider-store.ts'
import type { ProviderRecord } from './provider-view.ts'

type ProviderInput = InputOf<typeof workloadIdentityProviders>

/** Does not contact the issuer. Its keys are fetched when they are first needed. */
export async function createProvider(
  context: Context,
  input: CreateInputOf<typeof workloadIdentityProviders>,
): Promise<{ id: string }> {
  const { db, world, actor } = context
  const accountId = chooseAccount(context, undefined, 'workload-identity-providers:create')
  const { name, url, allowedAudiences } = input
  if (await isUrlTaken(db, accountId, url)) {
    throw new Refusal('invalid-attribute', {
      detail: 'A provider with this URL already exists.',
      at: '/data/attributes/url',
    })
  }
  const id = newId(world, 'wip')
  await insertProvider(db, {
    id,
    accountId,
    name,
    url,
    allowedAudiences: JSON.stringify(allowedAudiences),
    status: 'pending',
    createdAt: world.now().toISOString(),
    createdByEmail: actor.email,
  })
  return { id }
}

export async function changeProvider(context: Context, provider: ProviderRecord, input: ProviderInput): Promise<void> {
  const { name, allowedAudiences } = input
  // Another audience lets more workloads act as the service accounts that trust this provider.
  if (allowedAudiences) {
    await assertMayTrustWorkloads(context)
    for (const id of await serviceAccountsTrusting(context.db, provider.id))
      await assertNoEscalationTo(context, 'service-account', id)
    await vouchForPolicies(context.db, provider.id, vouchingActor(context.actor))
  }
  await updateProvider(context.db, provider.id, {
    ...(name === undefined ? {} : { name }),
    ...(allowedAudiences === undefined ? {} : { allowedAudiences: JSON.stringify(allowedAudiences) }),
  })
}

/** Also deletes the policies that trust the provider, and revokes the tokens that they allowed. */
export async function removeProvider(context: Context, provider: ProviderRecord): Promise<void> {
  for (const id of await serviceAccountsTrusting(context.db, provider.id))
    await assertMayRemoveRightsOf(context, 'service-account', id)
  for (const policyId of await policiesOfProvider(context.db, provider.id)) await revokeSessionsOf(context, policyId)
  await deleteProvider(context.db, provider.id)
}
