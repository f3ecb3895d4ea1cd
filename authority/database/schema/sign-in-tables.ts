/** Tables of how people come in. */
export interface SignInTables {
  sessions: {
    id: string
    hash: Uint8Array
    userId: string
    /** The one-time link it was begun with, for as long as there is no other way in. */
    linkId: string | null
    address: string
    client: string
    createdAt: string
    seenAt: string
    authenticatedAt: string
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
    purpose: string
    userId: string
    accountId: string | null
    createdById: string | null
    /** The token it was made with; null in a session. */
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
    /** Wrong codes since `failuresSince`: of strangers, and of the person's own browsers and sessions. */
    failures: number
    knownFailures: number
    failuresSince: string
  }
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
