/** Every noun with its shelf and verbs: what is declared in `contract/` meets what carries it out. */
import * as contract from '@mintmark/contract'
import { accessPolicyShelf } from './access-policies/access-policy-shelf.ts'
import { changeAccessPolicy, createAccessPolicy, removeAccessPolicy } from './access-policies/access-policy-verbs.ts'
import { accessTokenShelf, accessTokenUsageShelf } from './access-tokens/access-token-shelf.ts'
import {
  changeToken,
  createAgentPoolToken,
  createPersonalToken,
  createServiceAccountToken,
  manyTokens,
  ownTokens,
  selfToken,
} from './access-tokens/access-token-verbs.ts'
import { revokeToken } from './access-tokens/revoke.ts'
import { rotateToken } from './access-tokens/rotate.ts'
import { tokenUseShelf } from './access-tokens/token-use-shelf.ts'
import { accountShelf } from './accounts/account-shelf.ts'
import { changeAccount, ssoBypassUsers } from './accounts/account-verbs.ts'
import { confirmUser, invite, removeUser as removeFromAccount } from './accounts/membership.ts'
import { agentPoolShelf } from './agent-pools/agent-pool-shelf.ts'
import { changeAgentPool, createAgentPool, removeAgentPool } from './agent-pools/agent-pool-verbs.ts'
import { auditEventShelf } from './audit-events/audit-event-shelf.ts'
import { concernShelf } from './concerns/concern-shelf.ts'
import { environmentShelf } from './environments/environment-shelf.ts'
import {
  changeEnvironment,
  createEnvironment,
  environmentTags,
  federatedEnvironments,
  removeEnvironment,
} from './environments/environment-verbs.ts'
import { favoriteVerbs } from './favorites/favorite-verbs.ts'
import { identityProviderShelf } from './identity-providers/identity-provider-shelf.ts'
import { type Noun, noun } from './jsonapi/handlers.ts'
import { leakReportShelf, leakRuleShelf } from './leaks/leak-shelf.ts'
import { changeLeakRules, containLeak } from './leaks/leak-verbs.ts'
import { lockVerbs } from './locks/lock-verbs.ts'
import { noticeShelf, noticeWebhookShelf, seenNotices } from './notices/notice-shelf.ts'
import {
  changeNoticeWebhook,
  createNoticeWebhook,
  removeNoticeWebhook,
  rotateWebhookSecret,
  testNoticeWebhook,
} from './notices/webhook-verbs.ts'
import { permissionShelf } from './permissions/permission-shelf.ts'
import {
  providerConfigurationLinkShelf,
  providerConfigurationShelf,
} from './provider-configurations/provider-configuration-shelf.ts'
import {
  createProviderConfiguration,
  removeProviderConfiguration,
} from './provider-configurations/provider-configuration-verbs.ts'
import { roleShelf } from './roles/role-shelf.ts'
import { changeRole, createRole, removeRole } from './roles/role-verbs.ts'
import { securityRuleShelf } from './security-rules/security-rule-shelf.ts'
import { changeRules, ownRules } from './security-rules/security-rule-verbs.ts'
import { serviceAccountShelf } from './service-accounts/service-account-shelf.ts'
import {
  changeServiceAccount,
  confirmCredentials,
  createServiceAccount,
  removeServiceAccount,
} from './service-accounts/service-account-verbs.ts'
import { tagShelf } from './tags/tag-shelf.ts'
import { changeTag, createTag, removeTag } from './tags/tag-verbs.ts'
import { teamShelf } from './teams/team-shelf.ts'
import { changeTeam, createTeam, removeTeam } from './teams/team-verbs.ts'
import { endSessions } from './users/end-sessions.ts'
import { accountUserShelf, userShelf } from './users/user-shelf.ts'
import { changeUser, createUser, removeUser } from './users/user-verbs.ts'
import { variableShelf } from './variables/variable-shelf.ts'
import { changeVariable, createVariable, removeVariable } from './variables/variable-verbs.ts'
import { verdictCountShelf } from './verdict-counts/verdict-count-shelf.ts'
import {
  changeAssumePolicy,
  createAssumePolicy,
  removeAssumePolicy,
} from './workload-identity-providers/assume-policy-verbs.ts'
import { assumePolicyShelf, workloadIdentityProviderShelf } from './workload-identity-providers/provider-shelf.ts'
import { changeProvider, createProvider, removeProvider } from './workload-identity-providers/provider-verbs.ts'
import { workspaceShelf } from './workspaces/workspace-shelf.ts'
import {
  changeWorkspace,
  createWorkspace,
  remoteStateConsumers,
  removeWorkspace,
  setSchedule,
  workspaceTags,
} from './workspaces/workspace-verbs.ts'

export const nouns: readonly Noun[] = [
  noun(contract.accounts, accountShelf, {
    update: changeAccount,
    invite,
    removeUser: removeFromAccount,
    confirmUser,
    addSsoBypassUsers: ssoBypassUsers.add,
    replaceSsoBypassUsers: ssoBypassUsers.replace,
    removeSsoBypassUsers: ssoBypassUsers.remove,
  }),
  noun(contract.users, userShelf, { create: createUser, update: changeUser, remove: removeUser, endSessions }),
  noun(contract.accountUsers, accountUserShelf, {}),
  noun(contract.identityProviders, identityProviderShelf, {}),
  noun(contract.teams, teamShelf, { create: createTeam, update: changeTeam, remove: removeTeam }),
  noun(contract.roles, roleShelf, { create: createRole, update: changeRole, remove: removeRole }),
  noun(contract.permissions, permissionShelf, {}),
  noun(contract.accessPolicies, accessPolicyShelf, {
    create: createAccessPolicy,
    update: changeAccessPolicy,
    remove: removeAccessPolicy,
  }),
  noun(contract.serviceAccounts, serviceAccountShelf, {
    create: createServiceAccount,
    update: changeServiceAccount,
    remove: removeServiceAccount,
    confirmCredentials,
  }),
  noun(
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
  noun(contract.accessTokenUsages, accessTokenUsageShelf, {}),
  noun(contract.tokenUses, tokenUseShelf, {}),
  noun(contract.securityRules, securityRuleShelf, { update: changeRules }, { singleton: ownRules }),
  noun(contract.workloadIdentityProviders, workloadIdentityProviderShelf, {
    create: createProvider,
    update: changeProvider,
    remove: removeProvider,
  }),
  noun(contract.assumePolicies, assumePolicyShelf, {
    create: createAssumePolicy,
    update: changeAssumePolicy,
    remove: removeAssumePolicy,
  }),
  noun(contract.environments, environmentShelf, {
    create: createEnvironment,
    update: changeEnvironment,
    remove: removeEnvironment,
    ...favoriteVerbs('environments'),
    ...lockVerbs('environments', 'environment'),
    addFederatedEnvironments: federatedEnvironments.add,
    replaceFederatedEnvironments: federatedEnvironments.replace,
    removeFederatedEnvironments: federatedEnvironments.remove,
    addTags: environmentTags.add,
    replaceTags: environmentTags.replace,
    removeTags: environmentTags.remove,
  }),
  noun(contract.workspaces, workspaceShelf, {
    create: createWorkspace,
    update: changeWorkspace,
    remove: removeWorkspace,
    setSchedule,
    ...favoriteVerbs('workspaces'),
    ...lockVerbs('workspaces', 'workspace'),
    addRemoteStateConsumers: remoteStateConsumers.add,
    replaceRemoteStateConsumers: remoteStateConsumers.replace,
    removeRemoteStateConsumers: remoteStateConsumers.remove,
    addTags: workspaceTags.add,
    replaceTags: workspaceTags.replace,
    removeTags: workspaceTags.remove,
  }),
  noun(contract.tags, tagShelf, { create: createTag, update: changeTag, remove: removeTag }),
  noun(contract.vars, variableShelf, { create: createVariable, update: changeVariable, remove: removeVariable }),
  noun(contract.agentPools, agentPoolShelf, {
    create: createAgentPool,
    update: changeAgentPool,
    remove: removeAgentPool,
  }),
  noun(contract.providerConfigurations, providerConfigurationShelf, {
    create: createProviderConfiguration,
    remove: removeProviderConfiguration,
  }),
  noun(contract.providerConfigurationLinks, providerConfigurationLinkShelf, {}),
  noun(contract.auditEvents, auditEventShelf, {}),
  noun(contract.concerns, concernShelf, {}),
  noun(contract.verdictCounts, verdictCountShelf, {}),
  noun(contract.notices, noticeShelf, {}, { ownList: seenNotices }),
  noun(contract.noticeWebhooks, noticeWebhookShelf, {
    create: createNoticeWebhook,
    update: changeNoticeWebhook,
    remove: removeNoticeWebhook,
    test: testNoticeWebhook,
    rotateSecret: rotateWebhookSecret,
  }),
  noun(contract.leakReports, leakReportShelf, { contain: containLeak }),
  noun(contract.leakRules, leakRuleShelf, { update: changeLeakRules }, { singleton: ownRules }),
]
