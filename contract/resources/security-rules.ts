import { flag, integer, maybe } from '../attributes.ts'
import { limits } from '../limits.ts'
import { resource } from '../resource.ts'

const lifetime = (whose: string) =>
  maybe(
    integer({
      about: `The longest life, in minutes, of a new token of a ${whose}; null: no limit.`,
      writable: 'update',
      min: 1,
      max: limits.tokenLifetimeMinutesMax,
    }),
  )

export const securityRules = resource({
  type: 'security-rules',
  className: 'SecurityRules',
  prefix: 'sr',
  about: 'The rules of one account for tokens and service accounts.',
  attributes: {
    enforceAgentPool: flag({ about: 'Whether work must run in an agent pool. Kept for clients.', writable: 'update' }),
    maxPersonalTokenLifetime: lifetime('person'),
    maxServiceAccountTokenLifetime: lifetime('service account'),
    requireOwnersForServiceAccounts: flag({ about: 'Whether a service account must name owners.', writable: 'update' }),
  },
  relations: {},
  operations: {
    show: { id: 'get_security_rules', permission: 'security-rules:read', singleton: true, filters: ['account'] },
    update: { id: 'update_security_rules', permission: 'security-rules:update', singleton: true, filters: ['account'] },
  },
})
