/** Tables of people, the accounts they belong to, and their teams. */
type Flag = number
type Json = string

export interface PeopleTables {
  users: {
    id: string
    email: string
    /** Unique, from `emailKey`. */
    emailKey: string
    username: string
    fullName: string | null
    status: string
    passwordHash: string | null
    passwordChangedAt: string | null
    changePasswordOnSignIn: Flag
    /** Who chose the first password, and with which token; null once it is the person's own. */
    passwordSetById: string | null
    passwordSetTokenId: string | null
    homeAccountId: string | null
    createdAt: string
    lastLoginAt: string | null
  }
  accounts: {
    id: string
    name: string
    ownerId: string | null
    identityProviderId: string | null
    allowedIps: Json
    allowedIpv6: Json
    supportAccessEnabled: Flag
    createdAt: string
    lastLoginAttemptAt: string | null
    loginAttempts: number | null
  }
  userIdentityProviders: { userId: string; identityProviderId: string }
  accountUsers: {
    id: string
    accountId: string
    userId: string
    createdAt: string
    /** Null: nobody less than an administrator let the person in, or it was before this was written down. */
    vouchedById: string | null
    vouchedTokenId: string | null
  }
  /** Not members yet: their teams and policies in the account count from the day they accept. */
  accountInvitations: { id: string; accountId: string; userId: string; createdById: string | null; createdAt: string }
  ssoBypassUsers: { accountId: string; userId: string }
  teams: {
    id: string
    accountId: string
    identityProviderId: string | null
    name: string
    description: string | null
    createdAt: string
  }
  teamUsers: { teamId: string; userId: string }
}
