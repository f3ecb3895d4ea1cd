import type { BodyOf, CreateInputOf, workspaces } from '@mintmark/contract'
import { may } from '@mintmark/token'
import { type Context, Refusal } from '../../context.ts'
import { newId } from '../../ids.ts'
import { memberOperations } from '../../member-operations.ts'
import { refuseTaken } from '../../refuse-taken.ts'
import { refuseForeignScopes } from '../../rights/refuse-foreign.ts'
import { refuseForeignAgentPool } from '../agent-pools/refuse-foreign.ts'
import { refuseForeignTags } from '../tags/refuse-foreign.ts'
import {
  changedSettings,
  newSettings,
  refuseContradictions,
  type WorkspaceInput,
  type WorkspaceSettings,
} from './workspace-settings.ts'
import {
  deleteWorkspace,
  findEnvironment,
  insertWorkspace,
  isWorkspaceNameTaken,
  remoteStateMembers,
  updateWorkspace,
  workspaceTagMembers,
} from './workspace-store.ts'
import type { WorkspaceRecord } from './workspace-view.ts'

export async function createWorkspace(
  context: Context,
  input: CreateInputOf<typeof workspaces>,
): Promise<{ id: string }> {
  const { db, world, actor } = context
  const environmentId = input.environmentId
  const environment = await findEnvironment(db, environmentId)
  const { accountId } = environment
  if (!may(actor.rights, 'workspaces:create', { account: accountId, environment: environmentId })) {
    throw new Refusal('forbidden', {
      detail: 'This requires the permission workspaces:create on the environment.',
      permission: 'workspaces:create',
    })
  }
  refuseContradictions(input)
  await refuseTaken(context, {
    what: 'A workspace',
    isTaken: isWorkspaceNameTaken,
    within: { environmentId },
    name: input.name,
  })
  await refuseForeignAgentPool(context, accountId, input.agentPoolId, 'agent-pool')
  await refuseForeignTags(context, accountId, input.tags ?? [])
  const id = newId(world, 'ws')
  const { remoteBackend } = JSON.parse(environment.settings) as { remoteBackend?: boolean }
  await insertWorkspace(db, {
    id,
    accountId,
    environmentId,
    name: input.name,
    agentPoolId: input.agentPoolId === undefined ? environment.defaultWorkspaceAgentPoolId : input.agentPoolId,
    settings: JSON.stringify(newSettings(input, remoteBackend ?? true)),
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
  await workspaceTagMembers.replace(db, id, input.tags ?? [])
  return { id }
}

export async function changeWorkspace(
  context: Context,
  workspace: WorkspaceRecord,
  input: WorkspaceInput,
): Promise<void> {
  const accountId = workspace.accountId
  refuseContradictions(input)
  await refuseTaken(context, {
    what: 'A workspace',
    isTaken: isWorkspaceNameTaken,
    within: { environmentId: workspace.environmentId },
    name: input.name,
    but: workspace.id,
  })
  await refuseForeignAgentPool(context, accountId, input.agentPoolId, 'agent-pool')
  const settings = changedSettings(JSON.parse(workspace.settings) as WorkspaceSettings, input)
  await updateWorkspace(context.db, workspace.id, {
    ...(input.name === undefined ? {} : { name: input.name }),
    ...(input.agentPoolId === undefined ? {} : { agentPoolId: input.agentPoolId }),
    settings: JSON.stringify(settings),
    ...touched(context),
  })
}

export async function removeWorkspace(context: Context, workspace: WorkspaceRecord): Promise<void> {
  await deleteWorkspace(context.db, workspace.id)
}

export async function setSchedule(
  context: Context,
  workspace: WorkspaceRecord,
  input: BodyOf<(typeof workspaces)['operations']['setSchedule']['body']>,
): Promise<void> {
  await updateWorkspace(context.db, workspace.id, { ...input, ...touched(context) })
}

export const workspaceTags = memberOperations(workspaceTagMembers, (context, workspace: WorkspaceRecord, tags) =>
  refuseForeignTags(context, workspace.accountId, tags),
)

export const remoteStateConsumers = memberOperations(
  remoteStateMembers,
  (context, workspace: WorkspaceRecord, consumers) =>
    refuseForeignScopes(context, workspace.accountId, consumers, 'remote-state-consumers'),
)

const touched = ({ world, actor }: Context) => ({
  updatedAt: world.now().toISOString(),
  updatedById: actor.kind === 'user' ? actor.id : null,
  updatedByEmail: actor.email,
})
