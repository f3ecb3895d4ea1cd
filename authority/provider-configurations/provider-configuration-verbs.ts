import type { providerConfigurations, Wish } from '@mintmark/contract'
import { chooseAccount } from '../accounts/choose-account.ts'
import { record } from '../audit-events/record.ts'
import type { Context } from '../context.ts'
import type { Stored } from '../database/shelf.ts'
import { newId } from '../ids.ts'
import { deleteProviderConfiguration, insertProviderConfiguration } from './provider-configuration-store.ts'

export async function createProviderConfiguration(
  context: Context,
  wish: Wish<typeof providerConfigurations>,
): Promise<{ id: string }> {
  const accountId = chooseAccount(context, wish.accountId, 'provider-configurations:create')
  const { name, providerName } = wish as { name: string; providerName: string }
  const id = newId(context.world, 'pcfg')
  await insertProviderConfiguration(context.db, {
    id,
    accountId,
    name,
    providerName,
    createdAt: context.world.now().toISOString(),
  })
  await record(context, {
    action: 'provider-configurations.created',
    accountId,
    subjectType: 'provider-configurations',
    subjectId: id,
    after: { name, providerName },
  })
  return { id }
}

export async function removeProviderConfiguration(context: Context, configuration: Stored): Promise<void> {
  await deleteProviderConfiguration(context.db, configuration.id)
  await record(context, {
    action: 'provider-configurations.deleted',
    accountId: configuration.accountId as string,
    subjectType: 'provider-configurations',
    subjectId: configuration.id,
    before: { name: configuration.name },
  })
}
