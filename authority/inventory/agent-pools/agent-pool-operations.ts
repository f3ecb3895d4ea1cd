import type { agentPools, InputOf } from '@mintmark/contract'
import { may } from '@mintmark/token'
import { audit } from '../../audit/audit.ts'
import { type Context, Refusal } from '../../context.ts'
import { replaceMembers } from '../../database/members.ts'
import type { StoredRecord } from '../../database/resource-view.ts'
import { newId } from '../../ids.ts'
import { refuseTaken } from '../../refuse-taken.ts'
import { chooseAccount } from '../../rights/choose-account.ts'
import { refuseForeignScopes } from '../../rights/refuse-foreign.ts'
import { scopePaths } from '../../rights/rights-view.ts'
import { revokeTokensOf } from '../../tokens/revoke.ts'
import { deleteAgentPool, insertAgentPool, setPoolWorkspaces, updateAgentPool } from './agent-pool-store.ts'
import { headerColumns } from './webhook-headers.ts'

type PoolWish = InputOf<typeof agentPools>

export async function createAgentPool(context: Context, wish: PoolWish): Promise<{ id: string }> {
  const { db, world } = context
  const environmentId = wish.environmentId ?? null
  const accountId = await accountFor(context, wish)
  await refuseTaken(context, {
    what: 'An agent pool',
    table: 'agent_pools',
    within: { account_id: accountId, environment_id: environmentId },
    name: wish.name as string,
  })
  const id = newId(world, 'apool')
  await insertAgentPool(db, {
    id,
    accountId,
    environmentId,
    name: wish.name as string,
    vcsEnabled: Number(wish.vcsEnabled ?? false),
    isDefault: Number(wish.default ?? false),
    isShared: Number(wish.isShared ?? true),
    webhookEnabled: Number(wish.webhookEnabled ?? false),
    webhookUrl: wish.webhookUrl ?? null,
    ...(await headerColumns(context, accountId, id, wish.webhookHeaders ?? null)),
    createdAt: world.now().toISOString(),
  })
  await setUsers(context, accountId, id, wish, [])
  const { webhookHeaders: _, ...after } = wish
  await audit(context, { action: 'agent-pools.created', accountId, subjectType: 'agent-pools', subjectId: id, after })
  return { id }
}

export async function changeAgentPool(context: Context, pool: StoredRecord, wish: PoolWish): Promise<void> {
  const accountId = pool.accountId as string
  await refuseTaken(context, {
    what: 'An agent pool',
    table: 'agent_pools',
    within: { account_id: accountId, environment_id: pool.environmentId as string | null },
    name: wish.name,
    but: pool.id,
  })
  await updateAgentPool(context.db, pool.id, {
    ...(wish.name === undefined ? {} : { name: wish.name }),
    ...(wish.default === undefined ? {} : { isDefault: Number(wish.default) }),
    ...(wish.isShared === undefined ? {} : { isShared: Number(wish.isShared) }),
    ...(wish.webhookEnabled === undefined ? {} : { webhookEnabled: Number(wish.webhookEnabled) }),
    ...(wish.webhookUrl === undefined ? {} : { webhookUrl: wish.webhookUrl }),
    ...(wish.webhookHeaders === undefined ? {} : await headerColumns(context, accountId, pool.id, wish.webhookHeaders)),
  })
  await setUsers(context, accountId, pool.id, wish, pool.workspaces as string[])
  const { webhookHeaders: _, ...after } = wish
  await audit(context, {
    action: 'agent-pools.updated',
    accountId,
    subjectType: 'agent-pools',
    subjectId: pool.id,
    before: pool,
    after,
  })
}

/** Revokes the pool's tokens. Environments and workspaces that used the pool continue without one. */
export async function removeAgentPool(context: Context, pool: StoredRecord): Promise<void> {
  await revokeTokensOf(context, pool.id)
  await deleteAgentPool(context.db, pool.id)
  await audit(context, {
    action: 'agent-pools.deleted',
    accountId: pool.accountId as string,
    subjectType: 'agent-pools',
    subjectId: pool.id,
    before: { name: pool.name },
  })
}

async function accountFor(context: Context, { accountId, environmentId }: PoolWish): Promise<string> {
  if (!environmentId) return chooseAccount(context, accountId, 'agent-pools:create')
  const [path] = await scopePaths(context.db, [environmentId])
  if (!path || !may(context.actor.rights, 'agent-pools:create', path)) {
    throw new Refusal('forbidden', { detail: 'This takes the permission agent-pools:create on the environment.' })
  }
  return path.account
}

/** Sets the environments and workspaces that use the pool. Assigning or removing a pool counts as an update of the workspace. */
async function setUsers(
  context: Context,
  accountId: string,
  poolId: string,
  { environments, workspaces }: PoolWish,
  before: readonly string[],
): Promise<void> {
  await refuseForeignScopes(context, accountId, environments ?? [], 'environments')
  await refuseForeignScopes(context, accountId, workspaces ?? [], 'workspaces')
  await refuseWithoutUpdate(context, [
    ...(workspaces ?? []),
    ...before.filter((id) => workspaces && !workspaces.includes(id)),
  ])
  if (environments)
    await replaceMembers(
      context.db,
      'agent_pool_environments',
      ['agent_pool_id', poolId],
      'environment_id',
      environments,
    )
  if (workspaces) await setPoolWorkspaces(context.db, poolId, workspaces)
}

async function refuseWithoutUpdate({ db, actor }: Context, workspaces: readonly string[]): Promise<void> {
  for (const path of await scopePaths(db, workspaces)) {
    if (may(actor.rights, 'workspaces:update', path)) continue
    throw new Refusal('forbidden', {
      detail: 'This takes the permission workspaces:update on the workspace.',
      at: '/data/relationships/workspaces',
    })
  }
}
