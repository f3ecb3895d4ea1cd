import { flag, integer, nullable } from '../attributes.ts'
import { limits } from '../limits.ts'
import { resource } from '../resource.ts'

const lifetime = (ownerType: string) =>
  nullable(
    integer({
      about: `Maximum lifetime of new tokens of a ${ownerType}, in minutes; null: no limit.`,
      writable: 'update',
      min: 1,
      max: limits.tokenLifetimeMinutesMax,
    }),
  )

export const securityRules = resource({
  type: 'security-rules',
  className: 'SecurityRules',
  prefix: 'sr',
  about: "An account's rules for tokens and service accounts.",
  attributes: {
    enforceAgentPool: flag({
      about: 'Whether runs require an agent pool. Stored for Scalr clients, without effect.',
      writable: 'update',
    }),
    maxPersonalTokenLifetime: lifetime('user'),
    maxServiceAccountTokenLifetime: lifetime('service account'),
    requireOwnersForServiceAccounts: flag({ about: 'Whether service accounts must have owners.', writable: 'update' }),
  },
  relations: {},
  operations: {
    show: { id: 'get_security_rules', permission: 'security-rules:read', singleton: true, filters: ['account'] },
    update: {
      id: 'update_security_rules',
      stepUp: true,
      permission: 'security-rules:update',
      singleton: true,
      filters: ['account'],
    },
  },
})
