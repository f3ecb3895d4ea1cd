/** Tables of sessions and sign-in methods. */
export interface SignInTables {
  sessions: {
    id: string
    hash: Uint8Array
    userId: string
    /** The sign-in link that started the session, until another sign-in method is set up. */
    linkId: string | null
    address: string
    client: string
    createdAt: string
    seenAt: string
    authenticatedAt: string
    /** Whether the last authentication was by passkey, or by password and one-time password. */
    hasSecondFactor: number
    expiresAt: string
    endedAt: string | null
  }
  passkeys: {
    id: string
    credentialId: string
    userId: string
    publicKey: Uint8Array
    counter: number
    transports: string
    name: string
    createdAt: string
    lastUsedAt: string | null
  }
  oneTimeLinks: {
    id: string
    hash: Uint8Array
    purpose: 'owner' | 'invitation' | 'recovery'
    userId: string
    accountId: string | null
    createdById: string | null
    /** The token that created it; null if it was created in a session. */
    tokenId: string | null
    createdAt: string
    expiresAt: string
    usedAt: string | null
  }
  oneTimePasswords: {
    userId: string
    sealed: Uint8Array
    createdAt: string
    confirmedAt: string | null
    lastStep: number
    /** Wrong codes since `failuresSince`, counted separately for unknown browsers and for the user's known browsers and sessions. */
    failures: number
    knownFailures: number
    failuresSince: string
  }
  /** At most one per user. `hash` is that of the code that was mailed to the new address. */
  emailChanges: { userId: string; hash: Uint8Array; email: string; expiresAt: string }
  recoveryCodes: { userId: string; hash: Uint8Array }
  authorizationCodes: {
    hash: Uint8Array
    userId: string
    redirectUri: string
    challenge: string
    tokenName: string
    expiresIn: number | null
    createdAt: string
    expiresAt: string
    usedAt: string | null
    tokenId: string | null
  }
  usedChallenges: { hash: Uint8Array; expiresAt: string }
}
