/** The tables as the code sees them, with columns in camelCase. `CamelCasePlugin` maps them to snake_case. */
import type { AuditTables } from './audit-tables.ts'
import type { LeakTables } from './leak-tables.ts'
import type { PeopleTables } from './people-tables.ts'
import type { SignInTables } from './sign-in-tables.ts'
import type { WorkloadIdentityTables } from './workload-identity-tables.ts'

type Flag = number
type Json = string

interface Locked {
  lockedAt: string | null
  lockReason: string | null
  lockedById: string | null
}

export interface Tables extends AuditTables, LeakTables, PeopleTables, SignInTables, WorkloadIdentityTables {
  installation: { id: string; shortId: string; mintMark: string; createdAt: string }
  dataKeys: { id: string; accountId: string | null; wrapped: Uint8Array; masterGeneration: number; createdAt: string }
  signingKeys: { generation: number; sealed: Uint8Array; createdAt: string }
  identityProviders: {
    id: string
    accountId: string | null
    name: string
    idpType: string
    verificationStatus: string
    createdAt: string
  }
  roles: {
    id: string
    accountId: string | null
    name: string
    description: string | null
    isSystem: Flag
    createdAt: string
  }
  rolePermissions: { roleId: string; permission: string }
  environments: Locked & {
    id: string
    accountId: string
    name: string
    status: string
    isFederatedToAccount: Flag
    defaultWorkspaceAgentPoolId: string | null
    settings: Json
    createdAt: string
    createdById: string | null
    createdByEmail: string | null
    updatedAt: string | null
    updatedById: string | null
  }
  workspaces: Locked & {
    id: string
    accountId: string
    environmentId: string
    name: string
    agentPoolId: string | null
    settings: Json
    applySchedule: string | null
    destroySchedule: string | null
    createdAt: string
    createdById: string | null
    updatedAt: string | null
    updatedById: string | null
    updatedByEmail: string | null
  }
  favorites: { subjectId: string; objectId: string }
  federatedEnvironments: { environmentId: string; consumerId: string }
  remoteStateConsumers: { workspaceId: string; consumerId: string }
  tags: { id: string; accountId: string; name: string; createdAt: string }
  environmentTags: { environmentId: string; tagId: string }
  workspaceTags: { workspaceId: string; tagId: string }
  providerConfigurations: { id: string; accountId: string; name: string; providerName: string; createdAt: string }
  environmentProviderConfigurations: { environmentId: string; providerConfigurationId: string }
  agentPools: {
    id: string
    accountId: string
    environmentId: string | null
    name: string
    vcsEnabled: Flag
    isDefault: Flag
    isShared: Flag
    webhookEnabled: Flag
    webhookUrl: string | null
    webhookHeaders: Json | null
    webhookSecrets: Uint8Array | null
    createdAt: string
  }
  agentPoolEnvironments: { agentPoolId: string; environmentId: string }
  serviceAccounts: {
    id: string
    accountId: string
    name: string
    description: string | null
    email: string
    status: string
    createdById: string | null
    createdAt: string
    /** When the tokens created until then were confirmed. */
    confirmedAt: string | null
    confirmedById: string | null
    confirmedTokenId: string | null
  }
  serviceAccountOwners: { serviceAccountId: string; teamId: string }
  accessPolicies: {
    id: string
    accountId: string
    environmentId: string | null
    workspaceId: string | null
    userId: string | null
    teamId: string | null
    serviceAccountId: string | null
    isSystem: Flag
    createdAt: string
  }
  accessPolicyRoles: { accessPolicyId: string; roleId: string }
  securityRules: {
    id: string
    accountId: string
    enforceAgentPool: Flag
    maxPersonalTokenLifetime: number | null
    maxServiceAccountTokenLifetime: number | null
    requireOwnersForServiceAccounts: Flag
    leakPublic: string
    leakPrivate: string
    leakOverlap: number
    leakSources: Json
  }
  accessTokens: {
    id: string
    hash: Uint8Array
    generation: number
    lastCharacters: string
    ownerKind: string
    ownerId: string
    accountId: string | null
    name: string | null
    description: string | null
    permissions: Json | null
    scopes: Json | null
    expiresIn: number | null
    createdAt: string
    expiresAt: string | null
    createdById: string | null
    lastUsedAt: string | null
    family: string
    predecessorId: string | null
    rotationKey: string | null
    revokedAt: string | null
    /** The token that created or rotated this one, whose holder therefore knows it. */
    parentId: string | null
    /** Rotation never extends the token or its successors beyond this time. */
    renewableUntil: string | null
    /** Set for workload identity sessions, which cannot be rotated. */
    assumePolicyId: string | null
    /** Service account tokens: who vouches for the token holder, and with which narrowed token. */
    vouchedById: string | null
    vouchedTokenId: string | null
  }
  variables: {
    id: string
    accountId: string
    environmentId: string | null
    workspaceId: string | null
    key: string
    category: string
    value: string | null
    sealed: Uint8Array | null
    hcl: Flag
    sensitive: Flag
    final: Flag
    description: string | null
    /** The Mintmark token that the value contains. */
    accessTokenId: string | null
    createdAt: string
    updatedAt: string | null
    updatedById: string | null
    updatedByEmail: string | null
  }
  verdictCounts: { accountId: string; minute: string; outcome: string; times: number }
  pendingRevocations: {
    id: string
    ownerId: string
    accounts: Json
    createdUntil: string
    sparedTokenId: string | null
    reason: Json
    toldBy: Json
  }
  /** `offsetMilliseconds`: how far the database's clock is ahead of the node's. */
  nodeClocks: { id: string; offsetMilliseconds: number; observedAt: string }
  changes: { sequence: number; kind: string; key: string; mark: string | null }
}
