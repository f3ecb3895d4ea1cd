import type { Db } from '../database/database.ts'
import { findRules } from './security-rule-store.ts'

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
