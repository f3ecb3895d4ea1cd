import type { agentPools, CreateInputOf, InputOf } from '@mintmark/contract'
import { may } from '@mintmark/token'
import { type Context, Refusal } from '../../context.ts'
import { newId } from '../../ids.ts'
import { refuseTaken } from '../../refuse-taken.ts'
import { chooseAccount } from '../../rights/choose-account.ts'
import { refuseForeignScopes } from '../../rights/refuse-foreign.ts'
import { scopePaths } from '../../rights/rights-view.ts'
import { revokeTokensOf } from '../../tokens/revoke.ts'
import {
  agentPoolEnvironments,
  deleteAgentPool,
  insertAgentPool,
  isAgentPoolNameTaken,
  setPoolWorkspaces,
  updateAgentPool,
} from './agent-pool-store.ts'
import type { AgentPoolRecord } from './agent-pool-view.ts'
import { headerColumns } from './webhook-headers.ts'

type PoolInput = InputOf<typeof agentPools>

export async function createAgentPool(
  context: Context,
  input: CreateInputOf<typeof agentPools>,
): Promise<{ id: string }> {
  const { db, world } = context
  const environmentId = input.environmentId ?? null
  const accountId = await accountFor(context, input)
  await refuseTaken(context, {
    what: 'An agent pool',
    isTaken: isAgentPoolNameTaken,
    within: { accountId, environmentId },
    name: input.name,
  })
  const id = newId(world, 'apool')
  await insertAgentPool(db, {
    id,
    accountId,
    environmentId,
    name: input.name,
    vcsEnabled: Number(input.vcsEnabled ?? false),
    isDefault: Number(input.default ?? false),
    isShared: Number(input.isShared ?? true),
    webhookEnabled: Number(input.webhookEnabled ?? false),
    webhookUrl: input.webhookUrl ?? null,
    ...(await headerColumns(context, accountId, id, input.webhookHeaders ?? null)),
    createdAt: world.now().toISOString(),
  })
  await setUsers(context, accountId, id, input, [])
  return { id }
}

export async function changeAgentPool(context: Context, pool: AgentPoolRecord, input: PoolInput): Promise<void> {
  const accountId = pool.accountId
  await refuseTaken(context, {
    what: 'An agent pool',
    isTaken: isAgentPoolNameTaken,
    within: { accountId, environmentId: pool.environmentId },
    name: input.name,
    but: pool.id,
  })
  await updateAgentPool(context.db, pool.id, {
    ...(input.name === undefined ? {} : { name: input.name }),
    ...(input.default === undefined ? {} : { isDefault: Number(input.default) }),
    ...(input.isShared === undefined ? {} : { isShared: Number(input.isShared) }),
    ...(input.webhookEnabled === undefined ? {} : { webhookEnabled: Number(input.webhookEnabled) }),
    ...(input.webhookUrl === undefined ? {} : { webhookUrl: input.webhookUrl }),
    ...(input.webhookHeaders === undefined
      ? {}
      : await headerColumns(context, accountId, pool.id, input.webhookHeaders)),
  })
  await setUsers(context, accountId, pool.id, input, pool.workspaces)
}

/** Revokes the pool's tokens. Environments and workspaces that used the pool continue without one. */
export async function removeAgentPool(context: Context, pool: AgentPoolRecord): Promise<void> {
  await revokeTokensOf(context, pool.id)
  await deleteAgentPool(context.db, pool.id)
}

async function accountFor(context: Context, { accountId, environmentId }: PoolInput): Promise<string> {
  if (!environmentId) return chooseAccount(context, accountId, 'agent-pools:create')
  const [path] = await scopePaths(context.db, [environmentId])
  if (!path || !may(context.actor.rights, 'agent-pools:create', path)) {
    throw new Refusal('forbidden', {
      detail: 'This requires the permission agent-pools:create on the environment.',
      permission: 'agent-pools:create',
    })
  }
  return path.account
}

/** Sets the environments and workspaces that use the pool. Assigning or removing a pool counts as an update of the workspace. */
async function setUsers(
  context: Context,
  accountId: string,
  poolId: string,
  { environments, workspaces }: PoolInput,
  before: readonly string[],
): Promise<void> {
  await refuseForeignScopes(context, accountId, environments ?? [], 'environments')
  await refuseForeignScopes(context, accountId, workspaces ?? [], 'workspaces')
  await refuseWithoutUpdate(context, [
    ...(workspaces ?? []),
    ...before.filter((id) => workspaces && !workspaces.includes(id)),
  ])
  if (environments) await agentPoolEnvironments.replace(context.db, poolId, environments)
  if (workspaces) await setPoolWorkspaces(context.db, poolId, workspaces)
}

async function refuseWithoutUpdate({ db, actor }: Context, workspaces: readonly string[]): Promise<void> {
  for (const path of await scopePaths(db, workspaces)) {
    if (may(actor.rights, 'workspaces:update', path)) continue
    throw new Refusal('forbidden', {
      detail: 'This requires the permission workspaces:update on the workspace.',
      permission: 'workspaces:update',
      at: '/data/relationships/workspaces',
    })
  }
}
