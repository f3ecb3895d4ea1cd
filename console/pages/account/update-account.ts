import type { CallInput, Found } from '@mintmark/client'
import { accounts, auditEvents } from '@mintmark/contract'
import { invalidate, queries } from '../../queries.ts'
import { call } from '../../server.ts'
import { sessionQuery } from '../../session/session.ts'

export interface AccountForm {
  readonly of: Found<typeof accounts>
  readonly isReadOnly: boolean
}

export async function updateAccount(id: string, input: CallInput<typeof accounts, 'update'>): Promise<void> {
  await call(accounts, 'update', { path: { account: id }, input })
  // The session contains the names of the accounts.
  await Promise.all([
    invalidate(accounts, auditEvents),
    queries.invalidateQueries({ queryKey: sessionQuery.queryKey, exact: true }),
  ])
}
