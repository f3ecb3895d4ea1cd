import { choice, flag, list, maybe, object, text } from '../attributes.ts'
import { many, one, resource } from '../resource.ts'

const webhookHeader = object(
  {
    name: text({ about: 'Header name.', required: true, blank: 'A header name cannot be empty.' }),
    value: maybe(text({ about: 'Header value; null when sensitive.', max: 4096 })),
    sensitive: flag({ about: 'Never shown again.' }),
  },
  { about: 'One header.' },
)

export const agentPools = resource({
  type: 'agent-pools',
  className: 'AgentPool',
  prefix: 'apool',
  about: 'A group of agents. Agents prove themselves with tokens of their pool.',
  attributes: {
    name: text({
      about: 'What it is called, unique in its scope.',
      writable: 'always',
      required: true,
      blank: 'Name cannot be empty.',
    }),
    vcsEnabled: flag({ about: 'Whether its agents serve version control.', writable: 'create', fallback: false }),
    default: flag({ about: 'Whether new environments use it.', writable: 'always', fallback: false }),
    isShared: flag({ about: 'Whether all environments may use it.', writable: 'always', fallback: true }),
    isScalrManaged: flag({ about: 'Always false here.' }),
    inUse: flag({ about: 'Whether anything uses it.' }),
    features: list(choice(['relay'], { about: 'A feature.' }), { about: 'What it can do.' }),
    webhookEnabled: flag({ about: 'Whether work is announced to a webhook.', writable: 'always', fallback: false }),
    webhookUrl: maybe(text({ about: 'That webhook.', writable: 'always', max: 2048 })),
    webhookHeaders: maybe(
      list(webhookHeader, { about: 'Headers sent to it.', writable: 'always', max: 50, holdsSecret: true }),
    ),
  },
  relations: {
    account: one('accounts', { about: 'Where it belongs.', writable: 'create' }),
    environment: one('environments', { about: 'The one environment it belongs to; deprecated.', writable: 'create' }),
    environments: many('environments', { about: 'Which environments may use it.', writable: 'always' }),
    workspaces: many('workspaces', { about: 'Which workspaces use it.', writable: 'always' }),
    agents: many('agents', { about: 'Always empty.', vacant: true }),
    defaultEnvironments: many('environments', { about: 'Environments that start workspaces with it.' }),
  },
  operations: {
    list: {
      id: 'get_agent_pools',
      permission: 'agent-pools:read',
      filters: ['account', 'environment', 'name', 'agentPool', 'vcsEnabled'],
      sort: ['account', 'environment', 'name'],
    },
    show: { id: 'get_agent_pool', permission: 'agent-pools:read' },
    create: { id: 'create_agent_pool', permission: 'agent-pools:create' },
    update: { id: 'update_agent_pool', permission: 'agent-pools:update' },
    remove: { id: 'delete_agent_pool', permission: 'agent-pools:delete' },
  },
})
