/** Brings the schema up to date, forward only and under a lock, all or nothing; refuses a schema newer than the program. */
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
import { emailKeys, fillEmailKeys } from './migrations/0016-email-keys.ts'
import { invitations } from './migrations/0017-invitations.ts'
import { vouchers } from './migrations/0017-vouchers.ts'
import { derivedTokens } from './migrations/0018-derived-tokens.ts'
import { keyedAuditLog } from './migrations/0019-keyed-audit-log.ts'

const sources: Record<string, string> = {
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
  '0014-change-marks': changeMarks,
  '0016-email-keys': emailKeys,
  '0017-invitations': invitations,
  '0017-vouchers': vouchers,
  '0018-derived-tokens': derivedTokens,
  '0019-keyed-audit-log': keyedAuditLog,
}

/** What a migration does after its SQL, in the same transaction. */
const codeSteps: Readonly<Record<string, (db: Db) => Promise<void>>> = { '0016-email-keys': fillEmailKeys }

const spellings = {
  sqlite: { blob: 'blob', text: 'text', serial: 'integer primary key autoincrement' },
  postgres: { blob: 'bytea', text: 'text collate "C"', serial: 'bigserial primary key' },
} as const

export function migrate(database: Database): Promise<void> {
  const upToDate = database.alone(async (db) => {
    const run = (text: string) => sql.raw(text).execute(db)
    await run('create table if not exists migrations (name varchar(100) primary key)')
    const done = await findDone(db)
    for (const [name, source] of Object.entries(sources)) {
      if (done.has(name)) continue
      for (const statement of statementsOf(source, spellings[database.kind])) await run(statement)
      await codeSteps[name]?.(db)
      await run(`insert into migrations (name) values ('${name}')`)
    }
  })
  return upToDate.catch((error: Error) => {
    if (error instanceof DatabaseTrouble) throw error
    throw new DatabaseTrouble(`the schema cannot be brought up to date: ${error.message}`, { cause: error })
  })
}

async function findDone(db: Db): Promise<Set<string>> {
  const { rows } = await sql<{ name: string }>`select name from migrations order by name`.execute(db)
  const unknown = rows.findLast(({ name }) => !(name in sources))
  if (unknown)
    throw new DatabaseTrouble(`the database has schema ${unknown.name}, newer than this program; use a newer Mintmark`)
  return new Set(rows.map(({ name }) => name))
}

function statementsOf(source: string, spelling: Record<string, string>): string[] {
  return source
    .replace(/\{(\w+)\}/g, (_, word: string) => spelling[word] ?? word)
    .split(';')
    .map((statement) => statement.trim())
    .filter(Boolean)
}
