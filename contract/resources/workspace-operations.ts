import { nullable, text } from '../attributes.ts'
import { isCron } from '../cron.ts'

const cron = (about: string) =>
  nullable(
    text({
      about,
      max: 128,
      pattern: { is: { test: isCron }, detail: 'Expected a cron expression of five fields.' },
    }),
  )

/** The operations on workspaces, in a separate file because of their number. */
export const workspaceOperations = {
  list: {
    id: 'get_workspaces',
    permission: 'workspaces:read',
    filters: ['workspace', 'account', 'environment', 'name', 'tag', 'agentPool'],
    sort: ['name', 'createdAt', 'updatedAt', 'environment'],
    parameters: { 'sort[favorite-first]': { about: 'Whether favorites come first.', values: ['true', 'false'] } },
  },
  show: { id: 'get_workspace', permission: 'workspaces:read' },
  create: { id: 'create_workspace', stepUp: true, permission: 'workspaces:create' },
  update: { id: 'update_workspace', stepUp: true, permission: 'workspaces:update' },
  remove: { id: 'delete_workspace', stepUp: true, permission: 'workspaces:delete' },
  favorite: {
    id: 'add_workspace_to_favorites',
    audited: 'marked',
    about: 'Add a workspace to your favorites.',
    permission: 'workspaces:read',
    path: '/workspaces/{workspace}/actions/favorite',
    alsoGet: true,
  },
  unfavorite: {
    id: 'remove_workspace_from_favorites',
    audited: 'unmarked',
    about: 'Remove a workspace from your favorites.',
    permission: 'workspaces:read',
    path: '/workspaces/{workspace}/actions/unfavorite',
    alsoGet: true,
  },
  lock: {
    id: 'lock_workspace',
    audited: 'locked',
    about: 'Lock a workspace. Returns 409 if it is already locked.',
    permission: 'workspaces:lock',
    path: '/workspaces/{workspace}/actions/lock',
    body: { reason: nullable(text({ about: 'Reason for the lock.', max: 1024, lines: true })) },
  },
  unlock: {
    id: 'unlock_workspace',
    audited: 'unlocked',
    about: 'Unlock a workspace. Returns 409 if it is not locked.',
    permission: 'workspaces:lock',
    path: '/workspaces/{workspace}/actions/unlock',
    alsoGet: true,
  },
  setSchedule: {
    id: 'set_schedule',
    audited: 'scheduled',
    stepUp: true,
    about: 'Set the schedules on which a workspace is applied and destroyed.',
    permission: 'workspaces:set-schedule',
    path: '/workspaces/{workspace}/actions/set-schedule',
    body: {
      applySchedule: cron('Cron expression of five fields in UTC, or null.'),
      destroySchedule: cron('Cron expression of five fields in UTC, or null.'),
    },
  },
  listRemoteStateConsumers: {
    id: 'list_remote_state_consumers',
    kind: 'list-members',
    relation: 'remoteStateConsumers',
    permission: 'workspaces:read',
  },
  addRemoteStateConsumers: {
    id: 'add_remote_state_consumers',
    stepUp: true,
    kind: 'add-members',
    relation: 'remoteStateConsumers',
    permission: 'workspaces:update',
  },
  replaceRemoteStateConsumers: {
    id: 'replace_remote_state_consumers',
    stepUp: true,
    kind: 'replace-members',
    relation: 'remoteStateConsumers',
    permission: 'workspaces:update',
  },
  removeRemoteStateConsumers: {
    id: 'delete_remote_state_consumers',
    stepUp: true,
    kind: 'remove-members',
    relation: 'remoteStateConsumers',
    permission: 'workspaces:update',
  },
  listTags: { id: 'list_workspace_tags', kind: 'list-members', relation: 'tags', permission: 'workspaces:read' },
  addTags: { id: 'add_workspace_tags', kind: 'add-members', relation: 'tags', permission: 'workspaces:update' },
  replaceTags: {
    id: 'replace_workspace_tags',
    kind: 'replace-members',
    relation: 'tags',
    permission: 'workspaces:update',
  },
  removeTags: {
    id: 'delete_workspace_tags',
    kind: 'remove-members',
    relation: 'tags',
    permission: 'workspaces:update',
  },
} as const
