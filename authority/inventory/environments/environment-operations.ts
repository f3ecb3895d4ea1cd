import type { environments, InputOf } from '@mintmark/contract'
import { audit } from '../../audit/audit.ts'
import { memberOperations } from '../../audit/member-operations.ts'
import type { Context } from '../../context.ts'
import { replaceMembers } from '../../database/members.ts'
import type { StoredRecord } from '../../database/resource-view.ts'
import { newId } from '../../ids.ts'
import { refuseTaken } from '../../refuse-taken.ts'
import { chooseAccount } from '../../rights/choose-account.ts'
import { refuseForeignScopes } from '../../rights/refuse-foreign.ts'
import { refuseForeignAgentPool } from '../agent-pools/refuse-foreign.ts'
import { refuseForeignTags } from '../tags/refuse-foreign.ts'
import { deleteEnvironment, insertEnvironment, updateEnvironment } from './environment-store.ts'

type EnvironmentWish = InputOf<typeof environments>

export async function createEnvironment(context: Context, wish: EnvironmentWish): Promise<{ id: string }> {
  const { db, world, actor } = context
  const accountId = chooseAccount(context, wish.accountId, 'environments:create')
  await refuseTaken(context, {
    what: 'An environment',
    table: 'environments',
    within: { account_id: accountId },
    name: wish.name as string,
  })
  await refuseForeignAgentPool(context, accountId, wish.defaultWorkspaceAgentPoolId, 'default-workspace-agent-pool')
  await refuseForeignTags(context, accountId, wish.tags ?? [])
  const id = newId(world, 'env')
  await insertEnvironment(db, {
    id,
    accountId,
    name: wish.name as string,
    status: 'Active',
    isFederatedToAccount: Number(wish.isFederatedToAccount ?? false),
    defaultWorkspaceAgentPoolId: wish.defaultWorkspaceAgentPoolId ?? null,
    settings: JSON.stringify(settingsOf(wish)),
    lockedAt: null,
    lockReason: null,
    lockedById: null,
    createdAt: world.now().toISOString(),
    createdById: actor.kind === 'user' ? actor.id : null,
    createdByEmail: actor.email,
    updatedAt: null,
    updatedById: null,
  })
  await replaceMembers(db, 'environment_tags', ['environment_id', id], 'tag_id', wish.tags ?? [])
  await setProviders(context, id, wish.defaultProviderConfigurations)
  await audit(context, {
    action: 'environments.created',
    accountId,
    subjectType: 'environments',
    subjectId: id,
    after: { ...wish },
  })
  return { id }
}

export async function changeEnvironment(
  context: Context,
  environment: StoredRecord,
  wish: EnvironmentWish,
): Promise<void> {
  const { db, world, actor } = context
  const accountId = environment.accountId as string
  await refuseTaken(context, {
    what: 'An environment',
    table: 'environments',
    within: { account_id: accountId },
    name: wish.name,
    but: environment.id,
  })
  await refuseForeignAgentPool(context, accountId, wish.defaultWorkspaceAgentPoolId, 'default-workspace-agent-pool')
  const settings = { ...(JSON.parse(environment.settings as string) as object), ...settingsOf(wish) }
  await updateEnvironment(db, environment.id, {
    ...(wish.name === undefined ? {} : { name: wish.name }),
    ...(wish.isFederatedToAccount === undefined ? {} : { isFederatedToAccount: Number(wish.isFederatedToAccount) }),
    ...(wish.defaultWorkspaceAgentPoolId === undefined
      ? {}
      : { defaultWorkspaceAgentPoolId: wish.defaultWorkspaceAgentPoolId }),
    settings: JSON.stringify(settings),
    updatedAt: world.now().toISOString(),
    updatedById: actor.kind === 'user' ? actor.id : null,
  })
  await setProviders(context, environment.id, wish.defaultProviderConfigurations)
  await audit(context, {
    action: 'environments.updated',
    accountId,
    subjectType: 'environments',
    subjectId: environment.id,
    before: environment,
    after: { ...wish },
  })
}

/** Deletes the environment with its workspaces, variables, policies and links. */
export async function removeEnvironment(context: Context, environment: StoredRecord): Promise<void> {
  await deleteEnvironment(context.db, environment.id)
  await audit(context, {
    action: 'environments.deleted',
    accountId: environment.accountId as string,
    subjectType: 'environments',
    subjectId: environment.id,
    before: { name: environment.name },
  })
}

export const environmentTags = memberOperations({
  type: 'environments',
  relation: 'tags',
  table: 'environment_tags',
  owner: 'environment_id',
  member: 'tag_id',
  check: (context, environment, tags) => refuseForeignTags(context, environment.accountId as string, tags),
})

export const federatedEnvironments = memberOperations({
  type: 'environments',
  relation: 'federatedEnvironments',
  table: 'federated_environments',
  owner: 'environment_id',
  member: 'consumer_id',
  check: (context, environment, consumers) =>
    refuseForeignScopes(context, environment.accountId as string, consumers, 'federated-environments'),
})

const settingNames = ['remoteBackend', 'remoteBackendOverridable', 'maskSensitiveOutput'] as const

/** Settings without a meaning for Mintmark are stored in one column and returned unchanged. */
const settingsOf = (wish: EnvironmentWish) =>
  Object.fromEntries(settingNames.flatMap((name) => (wish[name] === undefined ? [] : [[name, wish[name]]])))

async function setProviders({ db }: Context, id: string, providers: readonly string[] | undefined): Promise<void> {
  if (providers)
    await replaceMembers(
      db,
      'environment_provider_configurations',
      ['environment_id', id],
      'provider_configuration_id',
      providers,
    )
}
