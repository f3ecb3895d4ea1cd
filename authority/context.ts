/** The context of a request, and its refusals. */
import type { RefusalCode } from '@mintmark/contract'
import type { MintMark, Rights } from '@mintmark/token'
import type { Db } from './database/database.ts'
import type { SlowResults } from './database/slow-work.ts'

export interface World {
  now(): Date
  /** Set for the clock of a test, which intentionally differs from the database's. */
  readonly isSimulated?: boolean
  random(bytes: number): Uint8Array
}

export type OwnerKind = 'user' | 'service-account' | 'agent-pool'

/** The caller: the owner of the calling token, with the rights of both combined. */
export interface Actor {
  /** `system`: the server itself, as when a leak is reported. */
  readonly kind: OwnerKind | 'system'
  readonly id: string
  readonly email: string | null
  /** The accounts that it belongs to and that allow its network. */
  readonly accounts: readonly string[]
  readonly rights: Rights
  readonly tokenId: string
  /** The last six characters of the calling token, by which people recognize it; null if there is none. */
  readonly tokenLastCharacters: string | null
  /** Set for a user who signed in rather than used a token. */
  readonly session?: { readonly id: string; readonly isProven: boolean }
}

/** For work that no person or machine requested, such as processing the report of a leak. */
export const systemActor: Actor = {
  kind: 'system',
  id: '',
  email: null,
  accounts: [],
  rights: { grants: [] },
  tokenId: '',
  tokenLastCharacters: null,
}

/** Encrypts and decrypts stored secrets. The location (table, row and column) is authenticated. */
export interface Vault {
  seal(db: Db, accountId: string | null, location: string, text: string | Uint8Array): Promise<Uint8Array>
  open(db: Db, accountId: string | null, location: string, sealed: Uint8Array): Promise<Buffer>
  /** 32-byte keys for one purpose, one per master key, the newest first: sign with the first, accept all. */
  deriveKeys(purpose: 'known browser'): readonly [Uint8Array, ...Uint8Array[]]
}

export interface Installation {
  readonly mark: MintMark
  /** The host part of service accounts' email addresses. */
  readonly host: string
  signingKey(): { generation: number; key: Uint8Array }
  /** Whether webhooks may use private addresses and this machine. */
  readonly allowPrivateWebhooks: boolean
}

export interface Context {
  /** A transaction for writes, so that a change and its audit event are committed together. */
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
  /** Whether a token was used, including uses that are not written yet. */
  readonly wasUsed: (tokenId: string) => boolean
  /** The number of an owner's tokens that are not revoked, from the replica of this node; undefined until it knows all tokens. */
  readonly liveTokens: (ownerId: string) => number | undefined
  /** See `outsideTransaction`. */
  readonly slowResults?: SlowResults
  /** Counts the audit events of this request: a write without one fails. */
  readonly auditedEvents: { rows: number }
}

/** Thrown to refuse a request. `detail` is returned to the caller, `cause` is only logged, `at` is a JSON pointer into the request. */
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
  /** The permission that the caller lacks. It is audited. */
  readonly permission?: string
}
