import { join } from 'node:path'
import { insertAuditEvents } from '../authority/audit/audit-event-store.ts'
import { deriveAuditKeys } from '../authority/audit/audit-keys.ts'
import { keyAuditLog } from '../authority/audit/key-audit-log.ts'
import { sealPending } from '../authority/audit/seal.ts'
import { openDatabase, type Where } from '../authority/database/database.ts'
import { realWorld } from '../authority/world.ts'
import { query, startPostgres } from '../testing/postgres.ts'
import type { Bench } from './benchmarks.ts'
import type { Row } from './figures/row.ts'

const rowsAtOnce = 500

/** Audit events sealed per second, while nothing else writes. */
export async function seal({ folder, scale }: Bench): Promise<Row[]> {
  const { url, remove } = await startPostgres()
  process.once('exit', remove)
  try {
    await query(url, 'create database mintmark')
    return [
      await measured('audit events sealed, SQLite', scale.auditEvents, { file: join(folder('seal'), 'mintmark.db') }),
      await measured('audit events sealed, PostgreSQL', scale.auditEvents, { url: new URL('/mintmark', url).href }),
    ]
  } finally {
    remove()
  }
}

async function measured(name: string, rows: number, where: Where): Promise<Row> {
  const database = await openDatabase(where)
  try {
    const sealing = { keys: deriveAuditKeys(new Map([[1, new Uint8Array(32)]])), world: realWorld }
    await keyAuditLog(database, sealing)
    for (let first = 0; first < rows; first += rowsAtOnce)
      await database.write((db) => insertAuditEvents(db, eventsFrom(first)))
    const start = performance.now()
    let sealed = 0
    for (let done = 1; done > 0; sealed += done) done = await sealPending(database, sealing)
    const value = sealed / ((performance.now() - start) / 1_000)
    return { name, unit: '/s', value, target: { atLeast: 3_000 } }
  } finally {
    await database.close()
  }
}

const eventsFrom = (first: number) =>
  Array.from({ length: rowsAtOnce }, (_, i) => ({
    ...{ id: `ae-${String(first + i).padStart(8, '0')}`, accountId: `acc-${i % 5}`, action: 'access-tokens.minted' },
    ...{ at: realWorld.now().toISOString(), actorType: 'users', actorId: 'user-1', tokenId: 'at-1' },
    ...{ tokenLastCharacters: 'abcdef', address: '192.0.2.1', requestId: 'req-1', subjectType: 'access-tokens' },
    ...{ subjectId: `at-${first + i}`, before: null, after: JSON.stringify({ name: 'deploy', expiresAt: null }) },
    ...{ times: 1, position: null, seal: null },
  }))
