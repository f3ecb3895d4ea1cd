/** Audits refused requests of known tokens: counted, and written once a minute per token, reason and permission, so that a retry loop cannot flood the log. */
import type { OwnerKind, World } from '../context.ts'
import type { Database } from '../database/database.ts'
import { newId } from '../ids.ts'
import { insertAuditEvents } from './audit-event-store.ts'

export interface Refused {
  readonly tokenId: string
  readonly tokenLastCharacters: string | null
  readonly code: string
  /** The permission that the caller lacked. */
  readonly permission?: string | undefined
  readonly ownerKind: OwnerKind | null
  readonly ownerId: string | null
  /** The accounts concerned. Each gets its own event. */
  readonly accounts: readonly string[]
  readonly address: string
  readonly requestId: string
}

const actorTypes = { user: 'users', 'service-account': 'service-accounts', 'agent-pool': 'agent-pools' } as const
const entriesMax = 10_000

export interface Refusals {
  count(refused: Refused): void
  flush(): Promise<void>
}

export function countRefusals(database: Database, world: World): Refusals {
  let counted = new Map<string, Refused & { times: number }>()
  const add = (refused: Refused, times: number) => {
    const key = `${refused.tokenId} ${refused.code} ${refused.permission ?? ''}`
    const known = counted.get(key)
    if (known) known.times += times
    else if (counted.size < entriesMax) counted.set(key, { ...refused, times })
  }
  return {
    count: (refused) => add(refused, 1),
    flush: async () => {
      if (counted.size === 0) return
      const rows = [...counted.values()]
      counted = new Map()
      const at = world.now().toISOString()
      const events = rows.flatMap(perAccount).map(([row, accountId]) => ({
        id: newId(world, 'ae'),
        accountId,
        action: 'access-tokens.refused',
        at,
        actorType: row.ownerKind ? actorTypes[row.ownerKind] : 'system',
        actorId: row.ownerId,
        tokenId: row.tokenId,
        tokenLastCharacters: row.tokenLastCharacters,
        address: row.address,
        requestId: row.requestId,
        subjectType: 'access-tokens',
        subjectId: row.tokenId,
        before: null,
        after: JSON.stringify({ reason: row.code, permission: row.permission }),
        times: row.times,
        position: null,
        seal: null,
      }))
      const writing = database.write((db) => insertAuditEvents(db, events))
      await writing.catch((error) => {
        for (const row of rows) add(row, row.times)
        throw error
      })
    },
  }
}

function perAccount<R extends Refused>(row: R): [R, string | null][] {
  return row.accounts.length > 0 ? row.accounts.map((account) => [row, account]) : [[row, null]]
}
