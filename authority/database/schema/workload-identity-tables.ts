/** Tables of workload identity: issuers, the policies that trust them, and used ID tokens. */
type Json = string

export interface WorkloadIdentityTables {
  workloadIdentityProviders: {
    id: string
    accountId: string
    name: string
    url: string
    allowedAudiences: Json
    status: string
    createdAt: string
    createdByEmail: string | null
  }
  assumePolicies: {
    id: string
    accountId: string
    serviceAccountId: string
    providerId: string
    name: string
    claimConditions: Json
    maximumSessionDuration: number
    createdAt: string
    createdByEmail: string | null
    vouchedById: string | null
    vouchedTokenId: string | null
    /** The token that last wrote the policy; null in a session. */
    parentId: string | null
  }
  usedIdTokens: { id: string; expiresAt: string }
}
