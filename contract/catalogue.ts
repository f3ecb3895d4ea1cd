/** All resources. */
import { type Operation, operationsOf, type Resource } from './resource.ts'
import { accessPolicies } from './resources/access-policies.ts'
import { accessTokens, accessTokenUsages } from './resources/access-tokens.ts'
import { accounts } from './resources/accounts.ts'
import { agentPools } from './resources/agent-pools.ts'
import { auditEvents } from './resources/audit-events.ts'
import { environments } from './resources/environments.ts'
import { findings, verdictCounts } from './resources/findings.ts'
import { leakReportNotes } from './resources/leak-report-notes.ts'
import { leakReports, leakRules } from './resources/leaks.ts'
import { notifications, webhooks } from './resources/notifications.ts'
import { providerConfigurationLinks, providerConfigurations } from './resources/provider-configurations.ts'
import { revokedAccessTokens } from './resources/revoked-access-tokens.ts'
import { permissions, roles } from './resources/roles.ts'
import { securityRules } from './resources/security-rules.ts'
import {
  assumePolicies,
  serviceAccountSummaries,
  serviceAccounts,
  workloadIdentityProviders,
} from './resources/service-accounts.ts'
import { tags } from './resources/tags.ts'
import { identityProviders, teams } from './resources/teams.ts'
import { tokenActivity } from './resources/token-activity.ts'
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
  environments,
  findings,
  identityProviders,
  leakReportNotes,
  leakReports,
  leakRules,
  notifications,
  permissions,
  providerConfigurationLinks,
  providerConfigurations,
  revokedAccessTokens,
  roles,
  securityRules,
  serviceAccountSummaries,
  serviceAccounts,
  tags,
  teams,
  tokenActivity,
  users,
  vars,
  verdictCounts,
  webhooks,
  workloadIdentityProviders,
  workspaces,
}

export const resources: readonly Resource[] = [
  accessPolicies,
  accessTokens,
  accessTokenUsages,
  accounts,
  accountUsers,
  agentPools,
  assumePolicies,
  auditEvents,
  findings,
  environments,
  identityProviders,
  leakReports,
  leakReportNotes,
  leakRules,
  notifications,
  webhooks,
  permissions,
  providerConfigurationLinks,
  providerConfigurations,
  revokedAccessTokens,
  roles,
  securityRules,
  serviceAccountSummaries,
  serviceAccounts,
  tags,
  teams,
  tokenActivity,
  users,
  vars,
  verdictCounts,
  workloadIdentityProviders,
  workspaces,
]

export const resourceByType: ReadonlyMap<string, Resource> = new Map(resources.map((each) => [each.type, each]))

export const allOperations: readonly Operation[] = resources.flatMap(operationsOf)
