import type { CreateInputOf, providerConfigurations } from '@mintmark/contract'
import type { Context } from '../../context.ts'
import { newId } from '../../ids.ts'
import { chooseAccount } from '../../rights/choose-account.ts'
import { deleteProviderConfiguration, insertProviderConfiguration } from './provider-configuration-store.ts'
import type { ProviderConfigurationRecord } from './provider-configuration-view.ts'

export async function createProviderConfiguration(
  context: Context,
  input: CreateInputOf<typeof providerConfigurations>,
): Promise<{ id: string }> {
  const accountId = chooseAccount(context, input.accountId, 'provider-configurations:create')
  const { name, providerName } = input
  const id = newId(context.world, 'pcfg')
  await insertProviderConfiguration(context.db, {
    id,
    accountId,
    name,
    providerName,
    createdAt: context.world.now().toISOString(),
  })
  return { id }
}

export async function removeProviderConfiguration(
  context: Context,
  configuration: ProviderConfigurationRecord,
): Promise<void> {
  await deleteProviderConfiguration(context.db, configuration.id)
}
