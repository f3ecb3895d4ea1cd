/** Tables of leaks, notifications and token activity. */
type Json = string

export interface LeakTables {
  foundTokens: {
    id: string
    hash: Uint8Array
    source: string
    location: Json
    requestId: string
    address: string
    dueAt: string
    attempts: number
  }
  githubAlerts: {
    id: string
    repository: string
    number: number
    isPrivate: number
    isPublicLeak: number
    receivedAt: string
    dueAt: string
    attempts: number
    doneAt: string | null
    outcome: string | null
  }
  leakReports: {
    id: string
    accountId: string | null
    tokenId: string
    source: string
    locationKey: string
    locationKind: string
    repository: string | null
    path: string | null
    line: number | null
    commitId: string | null
    url: string | null
    actionTaken: string
    committedAt: string | null
    firstSeenAt: string
    lastSeenAt: string
    times: number
    locations: number
    otherLocations: Json | null
    assigneeId: string | null
    resolution: string | null
    resolvedAt: string | null
    noteCount: number
  }
  leakReportNotes: {
    id: string
    leakReportId: string
    authorKind: string
    authorId: string
    text: string
    createdAt: string
  }
  tokenActivity: {
    tokenId: string
    network: string
    operation: string
    firstAt: string
    lastAt: string
    times: number
    denied: number
    rejected: number
  }
  notifications: {
    id: string
    accountId: string | null
    kind: string
    at: string
    ownerKind: string | null
    ownerId: string | null
    subjectType: string
    subjectId: string
    data: Json
    /** 1 until it was mailed. */
    mailDue: number
  }
  notificationReaders: { readerId: string; readUntil: string }
  webhooks: {
    id: string
    accountId: string
    url: string
    kinds: Json | null
    status: string
    sealed: Uint8Array
    sealedBefore: Uint8Array | null
    beforeUntil: string | null
    lastStatus: number | null
    lastFailure: string | null
    lastDeliveredAt: string | null
    lastAttemptAt: string | null
    createdAt: string
    failures: number
    circuitOpenUntil: string | null
  }
  webhookDeliveries: {
    id: string
    webhookId: string
    notificationId: string
    attempt: number
    dueAt: string
    deliveredAt: string | null
    givenUpAt: string | null
    lastStatus: number | null
  }
}
