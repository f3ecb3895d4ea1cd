/** Tables of users, accounts, memberships and teams. */
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
    /** The actor and token that chose the first password; null once the user has set their own. */
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
    requireSecondFactor: Flag
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
    /** Null if an administrator admitted the user, or if the membership is older than this column. */
    vouchedById: string | null
    vouchedTokenId: string | null
  }
  /** Not members yet: their teams and policies in the account take effect when they accept. */
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
