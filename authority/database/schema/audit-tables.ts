/** Stored as text that holds JSON. */
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
    before: Json | null
    after: Json | null
    times: number
    position: number | null
    seal: string | null
  }
  auditHeads: {
    /** '' for the chain of rows that concern no account. */
    accountId: string
    length: number
    head: string
    /** The first rows, sealed by versions without a key. */
    legacyLength: number
    /** The last position that retention purged, and its seal. */
    purgedLength: number
    purgedSeal: string
    anchoredLength: number
    /** How long the chain was when its head was found altered. */
    alteredLength: number | null
    mac: string | null
  }
}
