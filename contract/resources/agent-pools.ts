import { choice, flag, list, nullable, object, text } from '../attributes.ts'
import { resource, toMany, toOne } from '../resource.ts'

const webhookHeader = object(
  {
    name: text({ about: 'Header name.', required: true, blank: 'A header name cannot be empty.' }),
    value: nullable(text({ about: 'Header value; null if sensitive.', max: 4096 })),
    sensitive: flag({ about: 'Whether the value is hidden in responses.' }),
  },
  { about: 'A header.' },
)

export const agentPools = resource({
  type: 'agent-pools',
  className: 'AgentPool',
  prefix: 'apool',
  about: 'A group of agents, which authenticate with tokens of the pool.',
  attributes: {
    name: text({
      about: 'Name, unique in its scope.',
      writable: 'always',
      required: true,
      blank: 'Name cannot be empty.',
    }),
    vcsEnabled: flag({ about: 'Whether its agents connect to version control.', writable: 'create', fallback: false }),
    default: flag({ about: 'Whether it is the default for new environments.', writable: 'always', fallback: false }),
    isShared: flag({ about: 'Whether all environments can use it.', writable: 'always', fallback: true }),
    isScalrManaged: flag({ about: 'Always false.' }),
    inUse: flag({ about: 'Whether it is in use.' }),
    features: list(choice(['relay'], { about: 'A feature.' }), { about: 'Features of the pool.' }),
    webhookEnabled: flag({ about: 'Whether a webhook is called for new work.', writable: 'always', fallback: false }),
    webhookUrl: nullable(text({ about: 'URL of the webhook.', writable: 'always', max: 2048 })),
    webhookHeaders: nullable(
      list(webhookHeader, { about: 'Headers of the webhook request.', writable: 'always', max: 50, holdsSecret: true }),
    ),
  },
  relations: {
    account: toOne('accounts', { about: 'The account it belongs to.', writable: 'create' }),
    environment: toOne('environments', { about: 'The environment it belongs to. Deprecated.', writable: 'create' }),
    environments: toMany('environments', { about: 'Environments that can use it.', writable: 'always' }),
    workspaces: toMany('workspaces', { about: 'Workspaces that use it.', writable: 'always' }),
    agents: toMany('agents', { about: 'Always empty.', alwaysEmpty: true }),
    defaultEnvironments: toMany('environments', {
      about: 'Environments in which it is the default for new workspaces.',
    }),
  },
  operations: {
    list: {
      id: 'get_agent_pools',
      permission: 'agent-pools:read',
      filters: ['account', 'environment', 'name', 'agentPool', 'vcsEnabled'],
      sort: ['account', 'environment', 'name'],
    },
    show: { id: 'get_agent_pool', permission: 'agent-pools:read' },
    create: { id: 'create_agent_pool', stepUp: true, permission: 'agent-pools:create' },
    update: { id: 'update_agent_pool', stepUp: true, permission: 'agent-pools:update' },
    remove: { id: 'delete_agent_pool', stepUp: true, permission: 'agent-pools:delete' },
  },
})
