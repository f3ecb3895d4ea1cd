import type { Db } from '../../database/database.ts'
import { findRules, updateRules } from './security-rule-store.ts'

export interface Rules {
  readonly maxPersonalTokenLifetime: number | null
  readonly maxServiceAccountTokenLifetime: number | null
  readonly requireOwnersForServiceAccounts: boolean
}

export async function rulesOf(db: Db, accountId: string): Promise<Rules> {
  const row = await findRules(db, accountId)
  return {
    maxPersonalTokenLifetime: row?.maxPersonalTokenLifetime ?? null,
    maxServiceAccountTokenLifetime: row?.maxServiceAccountTokenLifetime ?? null,
    requireOwnersForServiceAccounts: row?.requireOwnersForServiceAccounts === 1,
  }
}

export type LeakAnswer = 'revoke' | 'rotate' | 'notify'

/** How far to believe where a token lay; decisions/0016 says what each means. */
export type Confidence = 'confirmed' | 'unplaced' | 'claimed'

export interface LeakRules {
  /** Where anybody can look, or nobody knows who can. */
  readonly public: LeakAnswer
  readonly private: LeakAnswer
  /** Minutes a token lives on after `rotate`. */
  readonly overlap: number
  readonly sources: readonly {
    readonly source: string
    readonly confidence?: Confidence | null
    readonly answer: LeakAnswer
  }[]
}

const usualLeakRules: LeakRules = { public: 'revoke', private: 'notify', overlap: 1_440, sources: [] }

/** Those of each account; the usual ones for a token of no account. */
export async function leakRulesOfAll(db: Db, accounts: readonly string[]): Promise<readonly LeakRules[]> {
  return accounts.length > 0 ? Promise.all(accounts.map((id) => leakRulesOf(db, id))) : [usualLeakRules]
}

async function leakRulesOf(db: Db, accountId: string): Promise<LeakRules> {
  const row = await findRules(db, accountId)
  if (!row) return usualLeakRules
  return {
    public: row.leakPublic as LeakAnswer,
    private: row.leakPrivate as LeakAnswer,
    overlap: row.leakOverlap,
    sources: JSON.parse(row.leakSources) as LeakRules['sources'],
  }
}

/** What is absent stays as it is. */
export async function setLeakRules(db: Db, id: string, wish: { [K in keyof LeakRules]?: unknown }): Promise<void> {
  await updateRules(db, id, {
    ...(wish.public === undefined ? {} : { leakPublic: wish.public as string }),
    ...(wish.private === undefined ? {} : { leakPrivate: wish.private as string }),
    ...(wish.overlap === undefined ? {} : { leakOverlap: wish.overlap as number }),
    ...(wish.sources === undefined ? {} : { leakSources: JSON.stringify(wish.sources) }),
  })
}
