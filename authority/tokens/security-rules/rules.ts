import type { Db } from '../../database/database.ts'
import type { Tables } from '../../database/schema/tables.ts'
import { together } from '../../database/sharing/shared-writes.ts'
import { findRulesOfEach, updateRules } from './security-rule-store.ts'

export interface Rules {
  readonly maxPersonalTokenLifetime: number | null
  readonly maxServiceAccountTokenLifetime: number | null
  readonly requireOwnersForServiceAccounts: boolean
}

export async function rulesOf(db: Db, accountId: string): Promise<Rules> {
  return (await rulesOfEach(db, [accountId]))(accountId)
}

/** Returns the rules by account. An account without a row has none. */
export async function rulesOfEach(db: Db, accountIds: readonly string[]): Promise<(accountId: string) => Rules> {
  const rows = new Map((await findRulesOfEach(db, accountIds)).map((row) => [row.accountId, row]))
  return (accountId) => {
    const row = rows.get(accountId)
    return {
      maxPersonalTokenLifetime: row?.maxPersonalTokenLifetime ?? null,
      maxServiceAccountTokenLifetime: row?.maxServiceAccountTokenLifetime ?? null,
      requireOwnersForServiceAccounts: row?.requireOwnersForServiceAccounts === 1,
    }
  }
}

export type RuleAction = 'revoke' | 'rotate' | 'notify'

/** How reliable the location in a leak report is; decisions/0016 defines the levels. */
export type Confidence = 'confirmed' | 'no-location' | 'claimed'

export interface LeakRules {
  /** Applies if the location is public or its visibility is unknown. */
  readonly public: RuleAction
  readonly private: RuleAction
  /** How many minutes a token remains valid after `rotate`. */
  readonly overlap: number
  readonly sources: readonly {
    readonly source: string
    readonly confidence?: Confidence | null
    readonly action: RuleAction
  }[]
}

const defaultLeakRules: LeakRules = { public: 'revoke', private: 'notify', overlap: 1_440, sources: [] }

/** The leak rules of each account; the defaults for a token that concerns no account. */
export function leakRulesOfAll(db: Db, accounts: readonly string[]): Promise<readonly LeakRules[]> {
  return together(db, leakRulesOfAll, accounts, async (asked: readonly (readonly string[])[]) => {
    const rows = await findRulesOfEach(db, [...new Set(asked.flat())])
    const rules = new Map(rows.map((row) => [row.accountId, leakRulesIn(row)]))
    return asked.map((ids) =>
      ids.length > 0 ? ids.map((id) => rules.get(id) ?? defaultLeakRules) : [defaultLeakRules],
    )
  })
}

function leakRulesIn(row: Tables['securityRules']): LeakRules {
  return {
    public: row.leakPublic as RuleAction,
    private: row.leakPrivate as RuleAction,
    overlap: row.leakOverlap,
    sources: JSON.parse(row.leakSources) as LeakRules['sources'],
  }
}

/** Missing attributes stay unchanged. */
export async function setLeakRules(db: Db, id: string, changes: { [K in keyof LeakRules]?: unknown }): Promise<void> {
  await updateRules(db, id, {
    ...(changes.public === undefined ? {} : { leakPublic: changes.public as string }),
    ...(changes.private === undefined ? {} : { leakPrivate: changes.private as string }),
    ...(changes.overlap === undefined ? {} : { leakOverlap: changes.overlap as number }),
    ...(changes.sources === undefined ? {} : { leakSources: JSON.stringify(changes.sources) }),
  })
}
