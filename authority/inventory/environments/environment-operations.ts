import type { CreateInputOf, environments, InputOf } from '@mintmark/contract'
import type { Context } from '../../context.ts'
import { newId } from '../../ids.ts'
import { memberOperations } from '../../member-operations.ts'
import { refuseTaken } from '../../refuse-taken.ts'
import { chooseAccount } from '../../rights/choose-account.ts'
import { refuseForeignScopes } from '../../rights/refuse-foreign.ts'
import { refuseForeignAgentPool } from '../agent-pools/refuse-foreign.ts'
import { refuseForeignTags } from '../tags/refuse-foreign.ts'
import { type EnvironmentSettings, settingsOf } from './environment-settings.ts'
import {
  defaultProviderConfigurations,
  deleteEnvironment,
  environmentTagMembers,
  federatedMembers,
  insertEnvironment,
  isEnvironmentNameTaken,
  updateEnvironment,
} from './environment-store.ts'
import type { EnvironmentRecord } from './environment-view.ts'

type EnvironmentInput = InputOf<typeof environments>

export async function createEnvironment(
  context: Context,
  input: CreateInputOf<typeof environments>,
): Promise<{ id: string }> {
  const { db, world, actor } = context
  const accountId = chooseAccount(context, input.accountId, 'environments:create')
  await refuseTaken(context, {
    what: 'An environment',
    isTaken: isEnvironmentNameTaken,
    within: { accountId },
    name: input.name,
  })
  await refuseForeignAgentPool(context, accountId, input.defaultWorkspaceAgentPoolId, 'default-workspace-agent-pool')
  await refuseForeignTags(context, accountId, input.tags ?? [])
  const id = newId(world, 'env')
  await insertEnvironment(db, {
    id,
    accountId,
    name: input.name,
    status: 'Active',
    isFederatedToAccount: Number(input.isFederatedToAccount ?? false),
    defaultWorkspaceAgentPoolId: input.defaultWorkspaceAgentPoolId ?? null,
    settings: JSON.stringify(settingsOf(input)),
    lockedAt: null,
    lockReason: null,
    lockedById: null,
    createdAt: world.now().toISOString(),
    createdById: actor.kind === 'user' ? actor.id : null,
    createdByEmail: actor.email,
    updatedAt: null,
    updatedById: null,
  })
  await environmentTagMembers.replace(db, id, input.tags ?? [])
  await setProviders(context, id, input.defaultProviderConfigurations)
  return { id }
}

export async function changeEnvironment(
  context: Context,
  environment: EnvironmentRecord,
  input: EnvironmentInput,
): Promise<void> {
  const { db, world, actor } = context
  const accountId = environment.accountId
  await refuseTaken(context, {
    what: 'An environment',
    isTaken: isEnvironmentNameTaken,
    within: { accountId },
    name: input.name,
    but: environment.id,
  })
  await refuseForeignAgentPool(context, accountId, input.defaultWorkspaceAgentPoolId, 'default-workspace-agent-pool')
  const settings = { ...(JSON.parse(environment.settings) as EnvironmentSettings), ...settingsOf(input) }
  await updateEnvironment(db, environment.id, {
    ...(input.name === undefined ? {} : { name: input.name }),
    ...(input.isFederatedToAccount === undefined ? {} : { isFederatedToAccount: Number(input.isFederatedToAccount) }),
    ...(input.defaultWorkspaceAgentPoolId === undefined
      ? {}
      : { defaultWorkspaceAgentPoolId: input.defaultWorkspaceAgentPoolId }),
    settings: JSON.stringify(settings),
    updatedAt: world.now().toISOString(),
    updatedById: actor.kind === 'user' ? actor.id : null,
  })
  await setProviders(context, environment.id, input.defaultProviderConfigurations)
}

/** Deletes the environment with its workspaces, variables, policies and links. */
export async function removeEnvironment(context: Context, environment: EnvironmentRecord): Promise<void> {
  await deleteEnvironment(context.db, environment.id)
}

export const environmentTags = memberOperations(
  environmentTagMembers,
  (context, environment: EnvironmentRecord, tags) => refuseForeignTags(context, environment.accountId, tags),
)

export const federatedEnvironments = memberOperations(
  federatedMembers,
  (context, environment: EnvironmentRecord, consumers) =>
    refuseForeignScopes(context, environment.accountId, consumers, 'federated-environments'),
)

async function setProviders({ db }: Context, id: string, providers: readonly string[] | undefined): Promise<void> {
  if (providers) await defaultProviderConfigurations.replace(db, id, providers)
}
