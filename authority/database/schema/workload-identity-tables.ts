/** Tables of workload identity: issuers, the policies that trust them, and the ID tokens already used. */
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
    /** The token that wrote it last; null in a session. */
    parentId: string | null
  }
  usedIdTokens: { id: string; expiresAt: string }
}
