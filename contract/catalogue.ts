/** Every resource there is. */
import { type Operation, operationsOf, type Resource } from './resource.ts'
import { accessPolicies } from './resources/access-policies.ts'
import { accessTokens, accessTokenUsages } from './resources/access-tokens.ts'
import { accounts } from './resources/accounts.ts'
import { agentPools } from './resources/agent-pools.ts'
import { auditEvents } from './resources/audit-events.ts'
import { concerns, verdictCounts } from './resources/concerns.ts'
import { environments } from './resources/environments.ts'
import { leakReports, leakRules } from './resources/leaks.ts'
import { notices, noticeWebhooks } from './resources/notices.ts'
import { providerConfigurationLinks, providerConfigurations } from './resources/provider-configurations.ts'
import { permissions, roles } from './resources/roles.ts'
import { securityRules } from './resources/security-rules.ts'
import { assumePolicies, serviceAccounts, workloadIdentityProviders } from './resources/service-accounts.ts'
import { tags } from './resources/tags.ts'
import { identityProviders, teams } from './resources/teams.ts'
import { accountUsers, users } from './resources/users.ts'
import { vars } from './resources/vars.ts'
import { workspaces } from './resources/workspaces.ts'

export {
  accessPolicies,
  accessTokens,
  accessTokenUsages,
  accounts,
  accountUsers,
  agentPools,
  assumePolicies,
  auditEvents,
  concerns,
  environments,
  identityProviders,
  leakReports,
  leakRules,
  notices,
  noticeWebhooks,
  permissions,
  providerConfigurationLinks,
  providerConfigurations,
  roles,
  securityRules,
  serviceAccounts,
  tags,
  teams,
  users,
  vars,
  verdictCounts,
  workloadIdentityProviders,
  workspaces,
}

export const basePath = '/api/iacp/v3'

export const resources: readonly Resource[] = [
  accessPolicies,
  accessTokens,
  accessTokenUsages,
  accounts,
  accountUsers,
  agentPools,
  assumePolicies,
  auditEvents,
  concerns,
  environments,
  identityProviders,
  leakReports,
  leakRules,
  notices,
  noticeWebhooks,
  permissions,
  providerConfigurationLinks,
  providerConfigurations,
  roles,
  securityRules,
  serviceAccounts,
  tags,
  teams,
  users,
  vars,
  verdictCounts,
  workloadIdentityProviders,
  workspaces,
]

export const resourceByType: ReadonlyMap<string, Resource> = new Map(resources.map((each) => [each.type, each]))

export const allOperations: readonly Operation[] = resources.flatMap(operationsOf)
