import { sql } from 'kysely'
import type { Database, Db } from '../database.ts'
import { emailKey } from '../email-key.ts'
import { DatabaseTrouble } from '../errors.ts'

/** One key for each person's e-mail address, in place of an index on `lower(email)`, which knew ASCII only on SQLite. */
export const emailKeys = `
alter table users add column email_key {text};
`

const rowsPerPage = 1_000

/** Addresses in ASCII, nearly all, in one statement; the others in pages. */
export async function fillEmailKeys(db: Db, kind: Database['kind']): Promise<void> {
  await sql`update users set email_key = lower(email) where octet_length(email) = length(email)`.execute(db)
  let last = ''
  for (;;) {
    const { rows } = await sql<{ id: string; email: string }>`
      select id, email from users where octet_length(email) <> length(email) and id > ${last}
       order by id limit ${sql.lit(rowsPerPage)}`.execute(db)
    for (const { id, email } of rows)
      await sql`update users set email_key = ${emailKey(email)} where id = ${id}`.execute(db)
    if (rows.length < rowsPerPage) break
    last = rows.at(-1)?.id ?? last
  }
  await refuseDuplicates(db)
  await sql`drop index users_email`.execute(db)
  await sql`create unique index users_email_key on users (email_key)`.execute(db)
  if (kind === 'postgres') await refuseOlderNodes(db)
}

/**
 * A node of the previous version may still run. It would write people without a key, whom nobody finds by their address, so
 * that the next invitation creates them a second time. Its writes fail instead.
 */
async function refuseOlderNodes(db: Db): Promise<void> {
  await sql`alter table users alter column email_key set not null`.execute(db)
  await sql`alter table users add constraint users_email_key_fits
    check (octet_length(email) <> length(email) or email_key = lower(email))`.execute(db)
}

/** Which of two people an invitation or a sign-in means is not for a program to guess. */
async function refuseDuplicates(db: Db): Promise<void> {
  const { rows } = await sql<{ one: string; other: string }>`
    select min(id) as one, max(id) as other from users group by email_key having count(*) > 1
     order by 1 limit 1`.execute(db)
  const [twins] = rows
  if (twins)
    throw new DatabaseTrouble(
      `the users ${twins.one} and ${twins.other} have e-mail addresses that differ only in letter case or Unicode composition; change one of them with the previous version of Mintmark, then upgrade`,
      { isPermanent: true },
    )
}
