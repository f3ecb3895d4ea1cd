import type { BodyOf, workspaces } from '@mintmark/contract'
import { may } from '@mintmark/token'
import { audit } from '../../audit/audit.ts'
import { memberOperations } from '../../audit/member-operations.ts'
import { type Context, Refusal } from '../../context.ts'
import { replaceMembers } from '../../database/members.ts'
import type { StoredRecord } from '../../database/resource-view.ts'
import { newId } from '../../ids.ts'
import { refuseTaken } from '../../refuse-taken.ts'
import { refuseForeignScopes } from '../../rights/refuse-foreign.ts'
import { refuseForeignAgentPool } from '../agent-pools/refuse-foreign.ts'
import { refuseForeignTags } from '../tags/refuse-foreign.ts'
import { changedSettings, newSettings, refuseContradictions, type WorkspaceInput } from './workspace-settings.ts'
import { deleteWorkspace, findEnvironment, insertWorkspace, updateWorkspace } from './workspace-store.ts'

export async function createWorkspace(context: Context, wish: WorkspaceInput): Promise<{ id: string }> {
  const { db, world, actor } = context
  const environmentId = wish.environmentId as string
  const environment = await findEnvironment(db, environmentId)
  const { accountId } = environment
  if (!may(actor.rights, 'workspaces:create', { account: accountId, environment: environmentId })) {
    throw new Refusal('forbidden', { detail: 'This takes the permission workspaces:create on the environment.' })
  }
  refuseContradictions(wish)
  await refuseTaken(context, {
    what: 'A workspace',
    table: 'workspaces',
    within: { environment_id: environmentId },
    name: wish.name as string,
  })
  await refuseForeignAgentPool(context, accountId, wish.agentPoolId, 'agent-pool')
  await refuseForeignTags(context, accountId, wish.tags ?? [])
  const id = newId(world, 'ws')
  const { remoteBackend } = JSON.parse(environment.settings) as { remoteBackend?: boolean }
  await insertWorkspace(db, {
    id,
    accountId,
    environmentId,
    name: wish.name as string,
    agentPoolId: wish.agentPoolId === undefined ? environment.defaultWorkspaceAgentPoolId : wish.agentPoolId,
    settings: JSON.stringify(newSettings(wish, remoteBackend ?? true)),
    applySchedule: null,
    destroySchedule: null,
    lockedAt: null,
    lockReason: null,
    lockedById: null,
    createdAt: world.now().toISOString(),
    createdById: actor.kind === 'user' ? actor.id : null,
    updatedAt: null,
    updatedById: null,
    updatedByEmail: null,
  })
  await replaceMembers(db, 'workspace_tags', ['workspace_id', id], 'tag_id', wish.tags ?? [])
  await audit(context, {
    action: 'workspaces.created',
    accountId,
    subjectType: 'workspaces',
    subjectId: id,
    after: { name: wish.name, environmentId, tags: wish.tags ?? [] },
  })
  return { id }
}

export async function changeWorkspace(context: Context, workspace: StoredRecord, wish: WorkspaceInput): Promise<void> {
  const accountId = workspace.accountId as string
  refuseContradictions(wish)
  await refuseTaken(context, {
    what: 'A workspace',
    table: 'workspaces',
    within: { environment_id: workspace.environmentId as string },
    name: wish.name,
    but: workspace.id,
  })
  await refuseForeignAgentPool(context, accountId, wish.agentPoolId, 'agent-pool')
  const settings = changedSettings(JSON.parse(workspace.settings as string) as Record<string, unknown>, wish)
  await updateWorkspace(context.db, workspace.id, {
    ...(wish.name === undefined ? {} : { name: wish.name }),
    ...(wish.agentPoolId === undefined ? {} : { agentPoolId: wish.agentPoolId }),
    settings: JSON.stringify(settings),
    ...touched(context),
  })
  await audit(context, {
    action: 'workspaces.updated',
    accountId,
    subjectType: 'workspaces',
    subjectId: workspace.id,
    before: workspace,
    after: { ...wish },
  })
}

export async function removeWorkspace(context: Context, workspace: StoredRecord): Promise<void> {
  await deleteWorkspace(context.db, workspace.id)
  await audit(context, {
    action: 'workspaces.deleted',
    accountId: workspace.accountId as string,
    subjectType: 'workspaces',
    subjectId: workspace.id,
    before: { name: workspace.name },
  })
}

export async function setSchedule(
  context: Context,
  workspace: StoredRecord,
  wish: BodyOf<(typeof workspaces)['operations']['setSchedule']['body']>,
): Promise<void> {
  await updateWorkspace(context.db, workspace.id, { ...wish, ...touched(context) })
  await audit(context, {
    action: 'workspaces.scheduled',
    accountId: workspace.accountId as string,
    subjectType: 'workspaces',
    subjectId: workspace.id,
    before: workspace,
    after: { ...wish },
  })
}

export const workspaceTags = memberOperations({
  type: 'workspaces',
  relation: 'tags',
  table: 'workspace_tags',
  owner: 'workspace_id',
  member: 'tag_id',
  check: (context, workspace, tags) => refuseForeignTags(context, workspace.accountId as string, tags),
})

export const remoteStateConsumers = memberOperations({
  type: 'workspaces',
  relation: 'remoteStateConsumers',
  table: 'remote_state_consumers',
  owner: 'workspace_id',
  member: 'consumer_id',
  check: (context, workspace, consumers) =>
    refuseForeignScopes(context, workspace.accountId as string, consumers, 'remote-state-consumers'),
})

const touched = ({ world, actor }: Context) => ({
  updatedAt: world.now().toISOString(),
  updatedById: actor.kind === 'user' ? actor.id : null,
  updatedByEmail: actor.email,
})
