/** JSON stored as text. */
type Json = string

/** Tables of the audit log. */
export interface AuditTables {
  auditEvents: {
    id: string
    accountId: string | null
    action: string
    at: string
    actorType: string
    actorId: string | null
    tokenId: string | null
    tokenLastCharacters: string | null
    address: string | null
    requestId: string | null
    subjectType: string
    subjectId: string | null
    /** The user, team or service account that a token or policy belongs to. Not sealed: it only serves a filter. */
    ownerId: string | null
    before: Json | null
    after: Json | null
    times: number
    position: number | null
    seal: string | null
  }
  auditHeads: {
    /** Empty for the chain of the events that concern no account. */
    accountId: string
    length: number
    head: string
    /** The number of rows at the start that earlier versions sealed without a key. */
    legacyLength: number
    /** The last purged position and its seal. */
    purgedLength: number
    purgedSeal: string
    anchoredLength: number
    /** The length of the chain when its head was found altered. */
    alteredLength: number | null
    mac: string | null
  }
}
