/** Every resource with its view and operation handlers. */
import { auditEventView, countAccountEvents } from './audit/audit-event-view.ts'
import { changeAccount, ssoBypassUsers } from './identity/accounts/account-operations.ts'
import { accountView } from './identity/accounts/account-view.ts'
import { confirmUser, invite, removeUser as removeFromAccount } from './identity/accounts/membership.ts'
import { identityProviderView } from './identity/identity-providers/identity-provider-view.ts'
import {
  changeServiceAccount,
  confirmCredentials,
  createServiceAccount,
  removeServiceAccount,
} from './identity/service-accounts/service-account-operations.ts'
import { serviceAccountSummaryView } from './identity/service-accounts/service-account-summary-view.ts'
import { serviceAccountView } from './identity/service-accounts/service-account-view.ts'
import { changeTeam, createTeam, removeTeam } from './identity/teams/team-operations.ts'
import { teamView } from './identity/teams/team-view.ts'
import { accountsOf, accountUserView, userView } from './identity/users/user-view.ts'
import { changeAgentPool, createAgentPool, removeAgentPool } from './inventory/agent-pools/agent-pool-operations.ts'
import { agentPoolView } from './inventory/agent-pools/agent-pool-view.ts'
import {
  changeEnvironment,
  createEnvironment,
  environmentTags,
  federatedEnvironments,
  removeEnvironment,
} from './inventory/environments/environment-operations.ts'
import { environmentView } from './inventory/environments/environment-view.ts'
import { favoriteOperations } from './inventory/favorites/favorite-operations.ts'
import { lockOperations } from './inventory/locks/lock-operations.ts'
import {
  createProviderConfiguration,
  removeProviderConfiguration,
} from './inventory/provider-configurations/provider-configuration-operations.ts'
import {
  providerConfigurationLinkView,
  providerConfigurationView,
} from './inventory/provider-configurations/provider-configuration-view.ts'
import { changeTag, createTag, removeTag } from './inventory/tags/tag-operations.ts'
import { tagView } from './inventory/tags/tag-view.ts'
import { changeVariable, createVariable, removeVariable } from './inventory/variables/variable-operations.ts'
import { variableView } from './inventory/variables/variable-view.ts'
import {
  changeWorkspace,
  createWorkspace,
  remoteStateConsumers,
  removeWorkspace,
  setSchedule,
  workspaceTags,
} from './inventory/workspaces/workspace-operations.ts'
import { workspaceView } from './inventory/workspaces/workspace-view.ts'
import { type ServedResource, serve } from './jsonapi/served-resource.ts'
import { changeLeakRules, containLeak } from './leaks/leak-operations.ts'
import { leakReportNoteView, leakReportView, leakRuleView } from './leaks/leak-view.ts'
import { addLeakReportNote, changeLeakReport } from './leaks/triage.ts'
import { notificationView, ownNotifications, webhookView } from './notifications/notification-view.ts'
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
import { accessPolicyView } from './rights/access-policies/access-policy-view.ts'
import { permissionView } from './rights/permissions/permission-view.ts'
import { changeRole, createRole, removeRole } from './rights/roles/role-operations.ts'
import { roleView } from './rights/roles/role-view.ts'
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
import { accessTokenUsageView } from './tokens/access-token-usage-view.ts'
import { accessTokenView } from './tokens/access-token-view.ts'
import { tokenActivityView } from './tokens/activity/token-activity-view.ts'
import { accountsConcerned } from './tokens/concerned-accounts.ts'
import { findingView } from './tokens/findings/finding-view.ts'
import { revokeToken } from './tokens/revoke.ts'
import { revokedTokenView } from './tokens/revoked/revoked-token-view.ts'
import { rotateToken } from './tokens/rotate.ts'
import { changeRules, ownRules } from './tokens/security-rules/security-rule-operations.ts'
import { securityRuleView } from './tokens/security-rules/security-rule-view.ts'
import { verdictCountView } from './verdicts/counts/verdict-count-view.ts'
import {
  changeAssumePolicy,
  createAssumePolicy,
  removeAssumePolicy,
} from './workload-identity/assume-policy-operations.ts'
import { changeProvider, createProvider, removeProvider } from './workload-identity/provider-operations.ts'
import { assumePolicyView, workloadIdentityProviderView } from './workload-identity/provider-view.ts'

export const servedResources: readonly ServedResource[] = [
  serve(
    accountView,
    {
      update: changeAccount,
      invite,
      removeUser: removeFromAccount,
      confirmUser,
      addSsoBypassUsers: ssoBypassUsers.add,
      replaceSsoBypassUsers: ssoBypassUsers.replace,
      removeSsoBypassUsers: ssoBypassUsers.remove,
    },
    { auditAccountsOf: (_, { id }) => id },
  ),
  serve(
    userView,
    { create: createUser, update: changeUser, remove: removeUser, endSessions },
    { auditAccountsOf: (_, user) => accountsOf(user) },
  ),
  serve(accountUserView, {}),
  serve(identityProviderView, {}),
  serve(teamView, { create: createTeam, update: changeTeam, remove: removeTeam }),
  serve(roleView, { create: createRole, update: changeRole, remove: removeRole }),
  serve(permissionView, {}),
  serve(
    accessPolicyView,
    { create: createAccessPolicy, update: changeAccessPolicy, remove: removeAccessPolicy },
    { auditAccountsOf: (_, { path }) => path.account },
  ),
  serve(serviceAccountSummaryView, {}),
  serve(serviceAccountView, {
    create: createServiceAccount,
    update: changeServiceAccount,
    remove: removeServiceAccount,
    confirmCredentials,
  }),
  serve(
    accessTokenView,
    {
      create: createPersonalToken,
      update: changeToken,
      remove: revokeToken,
      rotate: rotateToken,
      createForServiceAccount: createServiceAccountToken,
      createForAgentPool: createAgentPoolToken,
    },
    {
      sharing: ['create', 'createForServiceAccount', 'createForAgentPool'],
      ownList: ownTokens,
      alias: selfToken,
      countOf: manyTokens,
      auditAccountsOf: ({ db }, { id }) => accountsConcerned(db, id),
    },
  ),
  serve(accessTokenUsageView, {}),
  serve(revokedTokenView, {}, { ownList: ownTokens }),
  serve(tokenActivityView, {}),
  serve(securityRuleView, { update: changeRules }, { singleton: ownRules }),
  serve(workloadIdentityProviderView, {
    create: createProvider,
    update: changeProvider,
    remove: removeProvider,
  }),
  serve(assumePolicyView, {
    create: createAssumePolicy,
    update: changeAssumePolicy,
    remove: removeAssumePolicy,
  }),
  serve(environmentView, {
    create: createEnvironment,
    update: changeEnvironment,
    remove: removeEnvironment,
    ...favoriteOperations(),
    ...lockOperations('environments', 'environment'),
    addFederatedEnvironments: federatedEnvironments.add,
    replaceFederatedEnvironments: federatedEnvironments.replace,
    removeFederatedEnvironments: federatedEnvironments.remove,
    addTags: environmentTags.add,
    replaceTags: environmentTags.replace,
    removeTags: environmentTags.remove,
  }),
  serve(workspaceView, {
    create: createWorkspace,
    update: changeWorkspace,
    remove: removeWorkspace,
    setSchedule,
    ...favoriteOperations(),
    ...lockOperations('workspaces', 'workspace'),
    addRemoteStateConsumers: remoteStateConsumers.add,
    replaceRemoteStateConsumers: remoteStateConsumers.replace,
    removeRemoteStateConsumers: remoteStateConsumers.remove,
    addTags: workspaceTags.add,
    replaceTags: workspaceTags.replace,
    removeTags: workspaceTags.remove,
  }),
  serve(tagView, { create: createTag, update: changeTag, remove: removeTag }),
  serve(variableView, { create: createVariable, update: changeVariable, remove: removeVariable }),
  serve(agentPoolView, {
    create: createAgentPool,
    update: changeAgentPool,
    remove: removeAgentPool,
  }),
  serve(providerConfigurationView, {
    create: createProviderConfiguration,
    remove: removeProviderConfiguration,
  }),
  serve(providerConfigurationLinkView, {}),
  serve(auditEventView, {}, { countOf: countAccountEvents }),
  serve(findingView, {}),
  serve(verdictCountView, {}),
  serve(notificationView, {}, { ownList: ownNotifications }),
  serve(webhookView, {
    create: createWebhook,
    update: changeWebhook,
    remove: removeWebhook,
    test: testWebhook,
    rotateSecret: rotateWebhookSecret,
  }),
  serve(
    leakReportView,
    { update: changeLeakReport, addNote: addLeakReportNote, contain: containLeak },
    { auditAccountsOf: (_, { accounts }) => accounts },
  ),
  serve(leakReportNoteView, {}),
  serve(leakRuleView, { update: changeLeakRules }, { singleton: ownRules }),
]
