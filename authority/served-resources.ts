/** Every noun with its shelf and verbs: what is declared in `contract/` meets what carries it out. */
import * as contract from '@mintmark/contract'
import { auditEventShelf } from './audit/audit-event-view.ts'
import { changeAccount, ssoBypassUsers } from './identity/accounts/account-operations.ts'
import { accountShelf } from './identity/accounts/account-view.ts'
import { confirmUser, invite, removeUser as removeFromAccount } from './identity/accounts/membership.ts'
import { identityProviderShelf } from './identity/identity-providers/identity-provider-view.ts'
import {
  changeServiceAccount,
  confirmCredentials,
  createServiceAccount,
  removeServiceAccount,
} from './identity/service-accounts/service-account-operations.ts'
import { serviceAccountShelf } from './identity/service-accounts/service-account-view.ts'
import { changeTeam, createTeam, removeTeam } from './identity/teams/team-operations.ts'
import { teamShelf } from './identity/teams/team-view.ts'
import { accountUserShelf, userShelf } from './identity/users/user-view.ts'
import { changeAgentPool, createAgentPool, removeAgentPool } from './inventory/agent-pools/agent-pool-operations.ts'
import { agentPoolShelf } from './inventory/agent-pools/agent-pool-view.ts'
import {
  changeEnvironment,
  createEnvironment,
  environmentTags,
  federatedEnvironments,
  removeEnvironment,
} from './inventory/environments/environment-operations.ts'
import { environmentShelf } from './inventory/environments/environment-view.ts'
import { favoriteOperations } from './inventory/favorites/favorite-operations.ts'
import { lockOperations } from './inventory/locks/lock-operations.ts'
import {
  createProviderConfiguration,
  removeProviderConfiguration,
} from './inventory/provider-configurations/provider-configuration-operations.ts'
import {
  providerConfigurationLinkShelf,
  providerConfigurationShelf,
} from './inventory/provider-configurations/provider-configuration-view.ts'
import { changeTag, createTag, removeTag } from './inventory/tags/tag-operations.ts'
import { tagShelf } from './inventory/tags/tag-view.ts'
import { changeVariable, createVariable, removeVariable } from './inventory/variables/variable-operations.ts'
import { variableShelf } from './inventory/variables/variable-view.ts'
import {
  changeWorkspace,
  createWorkspace,
  remoteStateConsumers,
  removeWorkspace,
  setSchedule,
  workspaceTags,
} from './inventory/workspaces/workspace-operations.ts'
import { workspaceShelf } from './inventory/workspaces/workspace-view.ts'
import { type ServedResource, serve } from './jsonapi/served-resource.ts'
import { changeLeakRules, containLeak } from './leaks/leak-operations.ts'
import { leakReportShelf, leakRuleShelf } from './leaks/leak-view.ts'
import { notificationShelf, ownNotifications, webhookShelf } from './notifications/notification-view.ts'
import {
  changeWebhook,
  createWebhook,
  removeWebhook,
  rotateWebhookSecret,
  testWebhook,
} from './notifications/webhook-operations.ts'
import {
  changeAccessPolicy,
  createAccessPolicy,
  removeAccessPolicy,
} from './rights/access-policies/access-policy-operations.ts'
import { accessPolicyShelf } from './rights/access-policies/access-policy-view.ts'
import { permissionShelf } from './rights/permissions/permission-view.ts'
import { changeRole, createRole, removeRole } from './rights/roles/role-operations.ts'
import { roleShelf } from './rights/roles/role-view.ts'
import { endSessions } from './sign-in/users/end-sessions.ts'
import { changeUser, createUser, removeUser } from './sign-in/users/user-operations.ts'
import {
  changeToken,
  createAgentPoolToken,
  createPersonalToken,
  createServiceAccountToken,
  manyTokens,
  ownTokens,
  selfToken,
} from './tokens/access-token-operations.ts'
import { accessTokenShelf, accessTokenUsageShelf } from './tokens/access-token-view.ts'
import { tokenActivityShelf } from './tokens/activity/token-activity-view.ts'
import { findingShelf } from './tokens/findings/finding-view.ts'
import { revokeToken } from './tokens/revoke.ts'
import { rotateToken } from './tokens/rotate.ts'
import { changeRules, ownRules } from './tokens/security-rules/security-rule-operations.ts'
import { securityRuleShelf } from './tokens/security-rules/security-rule-view.ts'
import { verdictCountShelf } from './verdicts/counts/verdict-count-view.ts'
import {
  changeAssumePolicy,
  createAssumePolicy,
  removeAssumePolicy,
} from './workload-identity/assume-policy-operations.ts'
import { changeProvider, createProvider, removeProvider } from './workload-identity/provider-operations.ts'
import { assumePolicyShelf, workloadIdentityProviderShelf } from './workload-identity/provider-view.ts'

export const servedResources: readonly ServedResource[] = [
  serve(contract.accounts, accountShelf, {
    update: changeAccount,
    invite,
    removeUser: removeFromAccount,
    confirmUser,
    addSsoBypassUsers: ssoBypassUsers.add,
    replaceSsoBypassUsers: ssoBypassUsers.replace,
    removeSsoBypassUsers: ssoBypassUsers.remove,
  }),
  serve(contract.users, userShelf, { create: createUser, update: changeUser, remove: removeUser, endSessions }),
  serve(contract.accountUsers, accountUserShelf, {}),
  serve(contract.identityProviders, identityProviderShelf, {}),
  serve(contract.teams, teamShelf, { create: createTeam, update: changeTeam, remove: removeTeam }),
  serve(contract.roles, roleShelf, { create: createRole, update: changeRole, remove: removeRole }),
  serve(contract.permissions, permissionShelf, {}),
  serve(contract.accessPolicies, accessPolicyShelf, {
    create: createAccessPolicy,
    update: changeAccessPolicy,
    remove: removeAccessPolicy,
  }),
  serve(contract.serviceAccounts, serviceAccountShelf, {
    create: createServiceAccount,
    update: changeServiceAccount,
    remove: removeServiceAccount,
    confirmCredentials,
  }),
  serve(
    contract.accessTokens,
    accessTokenShelf,
    {
      create: createPersonalToken,
      update: changeToken,
      remove: revokeToken,
      rotate: rotateToken,
      createForServiceAccount: createServiceAccountToken,
      createForAgentPool: createAgentPoolToken,
    },
    { ownList: ownTokens, alias: selfToken, countOf: manyTokens },
  ),
  serve(contract.accessTokenUsages, accessTokenUsageShelf, {}),
  serve(contract.tokenActivity, tokenActivityShelf, {}),
  serve(contract.securityRules, securityRuleShelf, { update: changeRules }, { singleton: ownRules }),
  serve(contract.workloadIdentityProviders, workloadIdentityProviderShelf, {
    create: createProvider,
    update: changeProvider,
    remove: removeProvider,
  }),
  serve(contract.assumePolicies, assumePolicyShelf, {
    create: createAssumePolicy,
    update: changeAssumePolicy,
    remove: removeAssumePolicy,
  }),
  serve(contract.environments, environmentShelf, {
    create: createEnvironment,
    update: changeEnvironment,
    remove: removeEnvironment,
    ...favoriteOperations('environments'),
    ...lockOperations('environments', 'environment'),
    addFederatedEnvironments: federatedEnvironments.add,
    replaceFederatedEnvironments: federatedEnvironments.replace,
    removeFederatedEnvironments: federatedEnvironments.remove,
    addTags: environmentTags.add,
    replaceTags: environmentTags.replace,
    removeTags: environmentTags.remove,
  }),
  serve(contract.workspaces, workspaceShelf, {
    create: createWorkspace,
    update: changeWorkspace,
    remove: removeWorkspace,
    setSchedule,
    ...favoriteOperations('workspaces'),
    ...lockOperations('workspaces', 'workspace'),
    addRemoteStateConsumers: remoteStateConsumers.add,
    replaceRemoteStateConsumers: remoteStateConsumers.replace,
    removeRemoteStateConsumers: remoteStateConsumers.remove,
    addTags: workspaceTags.add,
    replaceTags: workspaceTags.replace,
    removeTags: workspaceTags.remove,
  }),
  serve(contract.tags, tagShelf, { create: createTag, update: changeTag, remove: removeTag }),
  serve(contract.vars, variableShelf, { create: createVariable, update: changeVariable, remove: removeVariable }),
  serve(contract.agentPools, agentPoolShelf, {
    create: createAgentPool,
    update: changeAgentPool,
    remove: removeAgentPool,
  }),
  serve(contract.providerConfigurations, providerConfigurationShelf, {
    create: createProviderConfiguration,
    remove: removeProviderConfiguration,
  }),
  serve(contract.providerConfigurationLinks, providerConfigurationLinkShelf, {}),
  serve(contract.auditEvents, auditEventShelf, {}),
  serve(contract.findings, findingShelf, {}),
  serve(contract.verdictCounts, verdictCountShelf, {}),
  serve(contract.notifications, notificationShelf, {}, { ownList: ownNotifications }),
  serve(contract.webhooks, webhookShelf, {
    create: createWebhook,
    update: changeWebhook,
    remove: removeWebhook,
    test: testWebhook,
    rotateSecret: rotateWebhookSecret,
  }),
  serve(contract.leakReports, leakReportShelf, { contain: containLeak }),
  serve(contract.leakRules, leakRuleShelf, { update: changeLeakRules }, { singleton: ownRules }),
]
