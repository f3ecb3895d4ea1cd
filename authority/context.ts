/** What is handed to everything that acts: types only. */
import type { RefusalCode } from '@mintmark/contract'
import type { MintMark, Rights } from '@mintmark/token'
import type { Db } from './database/database.ts'
import type { SlowResults } from './database/slow-work.ts'

export interface World {
  now(): Date
  /** The clock of a test, which is meant to differ from the database's. */
  readonly isSimulated?: boolean
  random(bytes: number): Uint8Array
}

export type OwnerKind = 'user' | 'service-account' | 'agent-pool'

/** Who asks: the owner of the calling token, and what the two may do together. */
export interface Actor {
  /** `system`: the authority itself, as when a leak is reported. */
  readonly kind: OwnerKind | 'system'
  readonly id: string
  readonly email: string | null
  /** The accounts it belongs to and may be in from this network. */
  readonly accounts: readonly string[]
  readonly rights: Rights
  readonly tokenId: string
  /** The last six of the calling token, by which people tell tokens apart; null when none was shown. */
  readonly tokenLastCharacters: string | null
  /** Of a person who came in by the console rather than with a token. */
  readonly session?: { readonly id: string; readonly isProven: boolean }
}

/** Seals and opens what is stored encrypted; the row and column it belongs to are part of the seal. */
export interface Vault {
  seal(db: Db, accountId: string | null, place: string, text: string | Uint8Array): Promise<Uint8Array>
  open(db: Db, accountId: string | null, place: string, sealed: Uint8Array): Promise<Buffer>
}

export interface Installation {
  readonly mark: MintMark
  /** The host part of service accounts' e-mail addresses. */
  readonly host: string
  signingKey(): { generation: number; key: Uint8Array }
}

export interface Context {
  /** A transaction when writing: the audit row stands or falls with the deed. */
  readonly db: Db
  readonly world: World
  readonly actor: Actor
  readonly vault: Vault
  readonly installation: Installation
  readonly request: {
    readonly id: string
    readonly address: string
    readonly query: URLSearchParams
    readonly idempotencyKey: string | null
  }
  /** Whether a token was used, also when that is not written down yet. */
  readonly wasUsed: (tokenId: string) => boolean
  /** How many tokens of an owner are not revoked, as this node knows. */
  readonly liveTokens: (ownerId: string) => number
  /** See `outsideTransaction`. */
  readonly slowResults?: SlowResults
  /** Counts the audit rows of this deed: a write that told nothing is not allowed to stand. */
  readonly auditedEvents: { rows: number }
}

/** Thrown to refuse. `detail` is for the caller, `cause` for the log alone, `at` a JSON pointer into the request. */
export class Refusal extends Error {
  override name = 'Refusal'
  readonly code: RefusalCode
  readonly faults: readonly RefusalFault[]

  constructor(code: RefusalCode, fault: RefusalFault | readonly RefusalFault[] = {}, options?: { cause?: unknown }) {
    const faults: readonly RefusalFault[] = 'length' in fault ? fault : [fault as RefusalFault]
    super(faults[0]?.detail ?? faults[0]?.title ?? code, options)
    this.code = code
    this.faults = faults
  }
}

export interface RefusalFault {
  readonly title?: string
  readonly detail?: string
  readonly at?: string
  readonly parameter?: string
  readonly retryAfterSeconds?: number
}
