/**
 * Brings the schema up to date, forward only and under a lock, each migration in a transaction. Refuses a schema newer than
 * the program.
 */
import { sql } from 'kysely'
import type { Database, Db } from './database.ts'
import { DatabaseTrouble } from './errors.ts'
import { spine } from './migrations/0001-spine.ts'
import { leaks } from './migrations/0002-leaks.ts'
import { notices } from './migrations/0003-notices.ts'
import { githubAlerts } from './migrations/0004-github-alerts.ts'
import { tokenUses } from './migrations/0005-token-uses.ts'
import { webhookRests } from './migrations/0006-webhook-rests.ts'
import { foundTokens } from './migrations/0007-found-tokens.ts'
import { signIn } from './migrations/0010-sign-in.ts'
import { authorizations } from './migrations/0011-authorizations.ts'
import { concerns } from './migrations/0012-concerns.ts'
import { forgetting } from './migrations/0013-forgetting.ts'
import { changeMarks } from './migrations/0014-change-marks.ts'
import { search } from './migrations/0015-search.ts'
import { emailKeys, fillEmailKeys } from './migrations/0016-email-keys.ts'
import { invitations } from './migrations/0017-invitations.ts'
import { vouchers } from './migrations/0017-vouchers.ts'
import { derivedTokens } from './migrations/0018-derived-tokens.ts'
import { keyedAuditLog } from './migrations/0019-keyed-audit-log.ts'
import { allowedIpv6 } from './migrations/0022-allowed-ipv6.ts'
import { boundedWork } from './migrations/0023-bounded-work.ts'
import { changeNumbers } from './migrations/0024-change-numbers.ts'
import { memberVouchers } from './migrations/0026-member-vouchers.ts'
import { assumePolicyParents } from './migrations/0027-assume-policy-parents.ts'
import { installChangeTriggers } from './migrations/0028-change-triggers.ts'
import { plainNames } from './migrations/0029-plain-names.ts'
import { nodeClocks } from './migrations/0030-node-clocks.ts'
import { listIndexes } from './migrations/0031-list-indexes.ts'
import { lastCharacters } from './migrations/0032-last-characters.ts'
import { webhookAttempts } from './migrations/0033-webhook-attempts.ts'
import { notificationReaders } from './migrations/0034-notification-readers.ts'
import { revokedTokens } from './migrations/0035-revoked-tokens.ts'
import { secondFactor } from './migrations/0036-second-factor.ts'
import { emailChanges } from './migrations/0037-email-changes.ts'
import { accessIndexes } from './migrations/0038-access-indexes.ts'
import { deniedUses } from './migrations/0039-denied-uses.ts'
import { unlimitedTokens } from './migrations/0040-unlimited-tokens.ts'
import { leakTriage } from './migrations/0041-leak-triage.ts'

/** Statements separated by semicolons, or a list of statements that contain semicolons. */
type Text = string | readonly string[]

/** SQL for both databases, or one text per database. */
type Source = string | Readonly<Record<Database['kind'], Text>>

export const schemaMigrations: Readonly<Record<string, Source>> = {
  '0001-spine': spine,
  '0002-leaks': leaks,
  '0003-notices': notices,
  '0004-github-alerts': githubAlerts,
  '0005-token-uses': tokenUses,
  '0006-webhook-rests': webhookRests,
  '0007-found-tokens': foundTokens,
  '0010-sign-in': signIn,
  '0011-authorizations': authorizations,
  '0012-concerns': concerns,
  '0013-forgetting': forgetting,
  // Runs before the others of its release because it can fail: the previous version can then still open the schema.
  '0016-email-keys': emailKeys,
  '0014-change-marks': changeMarks,
  '0015-search': search,
  '0017-invitations': invitations,
  '0017-vouchers': vouchers,
  '0018-derived-tokens': derivedTokens,
  '0019-keyed-audit-log': keyedAuditLog,
  '0022-allowed-ipv6': allowedIpv6,
  '0023-bounded-work': boundedWork,
  '0024-change-numbers': changeNumbers,
  '0026-member-vouchers': memberVouchers,
  '0027-assume-policy-parents': assumePolicyParents,
  '0028-change-triggers': installChangeTriggers,
  '0029-plain-names': plainNames,
  '0030-node-clocks': nodeClocks,
  '0031-list-indexes': listIndexes,
  '0032-last-characters': lastCharacters,
  '0033-webhook-attempts': webhookAttempts,
  '0034-notification-readers': notificationReaders,
  '0035-revoked-tokens': revokedTokens,
  '0036-second-factor': secondFactor,
  '0037-email-changes': emailChanges,
  '0038-access-indexes': accessIndexes,
  '0039-denied-uses': deniedUses,
  '0040-unlimited-tokens': unlimitedTokens,
  '0041-leak-triage': leakTriage,
}

/** Code that runs after the SQL of a migration, in the same transaction. */
const codeSteps: Readonly<Record<string, (db: Db, kind: Database['kind']) => Promise<void>>> = {
  '0016-email-keys': fillEmailKeys,
}

const spellings = {
  sqlite: { blob: 'blob', text: 'text', serial: 'integer primary key autoincrement' },
  postgres: { blob: 'bytea', text: 'text collate "C"', serial: 'bigserial primary key' },
} as const

/** `say` receives progress messages for the operator. Nothing is reported for a new database. */
export async function migrate(
  database: Database,
  say: (line: string) => void = () => undefined,
  migrations: Readonly<Record<string, Source>> = schemaMigrations,
): Promise<void> {
  // On PostgreSQL, starting without pending migrations takes no lock. On SQLite this also checks that the file is writable.
  const known = database.kind === 'postgres' ? await findDone(database.read).catch(() => undefined) : undefined
  if (known && pendingIn(migrations, known).length === 0) return
  const change = database.alone(async (step) => {
    const done = await step(async (db) => {
      await sql`create table if not exists migrations (name varchar(100) primary key)`.execute(db)
      return findDone(db)
    })
    const pending = pendingIn(migrations, done)
    const isNew = done.size === 0
    for (const [i, [name, source]] of pending.entries()) {
      if (!isNew)
        say(`Upgrading the database schema: ${name}, ${i + 1} of ${pending.length}. Large tables take minutes.`)
      await step((db) => apply(db, database.kind, name, source))
    }
    if (!isNew && pending.length > 0) say('The database schema is up to date.')
  }, say)
  await change.catch((error: Error) => {
    if (error instanceof DatabaseTrouble) throw error
    const message = `the schema cannot be brought up to date: ${error.message}`
    throw new DatabaseTrouble(message, { cause: error, isPermanent: true })
  })
}

/** Another program may have applied it since the list was read: on SQLite the lock is held for one step at a time. */
async function apply(db: Db, kind: Database['kind'], name: string, source: Source): Promise<void> {
  if ((await findDone(db)).has(name)) return
  const statements = statementsOf(typeof source === 'string' ? source : source[kind], spellings[kind])
  if (kind === 'postgres') await lockAltered(db, statements)
  for (const statement of statements) await sql.raw(statement).execute(db)
  await codeSteps[name]?.(db, kind)
  await sql`insert into migrations (name) values (${name})`.execute(db)
}

/** Locks tables before the first statement: a lock timeout after a long statement would discard that work. */
async function lockAltered(db: Db, statements: readonly string[]): Promise<void> {
  const named = statements.flatMap((text) => /^(?:alter|drop) table (?:if exists )?(\w+)/i.exec(text)?.[1] ?? [])
  for (const table of new Set(named)) {
    const { rows } = await sql<{ found: string | null }>`select to_regclass(${table})::text as found`.execute(db)
    if (rows[0]?.found) await sql`lock table ${sql.id(table)} in access exclusive mode`.execute(db)
  }
}

async function findDone(db: Db): Promise<Set<string>> {
  const { rows } = await sql<{ name: string }>`select name from migrations order by name`.execute(db)
  return new Set(rows.map(({ name }) => name))
}

function pendingIn(migrations: Readonly<Record<string, Source>>, done: ReadonlySet<string>): [string, Source][] {
  const unknown = [...done].findLast((name) => !(name in migrations))
  if (unknown) {
    const message = `the database has schema ${unknown}, newer than this program; use a newer Mintmark`
    throw new DatabaseTrouble(message, { isPermanent: true })
  }
  return Object.entries(migrations).filter(([name]) => !done.has(name))
}

function statementsOf(source: Text, spelling: Record<string, string>): readonly string[] {
  if (typeof source !== 'string') return source
  return source
    .replace(/\{(\w+)\}/g, (_, word: string) => spelling[word] ?? word)
    .split(';')
    .map((statement) => statement.trim())
    .filter(Boolean)
}
