import { sql } from 'kysely'
import type { Database, Db } from '../database.ts'
import { emailKey } from '../email-key.ts'
import { DatabaseTrouble } from '../errors.ts'

/** One key per email address of a user, instead of an index on `lower(email)`, which only knew ASCII on SQLite. */
export const emailKeys = `
alter table users add column email_key {text};
`

const rowsPerPage = 1_000

/** ASCII addresses, nearly all, in one statement; the others in pages. */
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
  await refuseTwins(db)
  await sql`drop index users_email`.execute(db)
  await sql`create unique index users_email_key on users (email_key)`.execute(db)
  if (kind === 'postgres') await refuseOlderNodes(db)
}

/**
 * A node of the previous version may still run. It would insert users without a key, who cannot be found by their
 * address, so the next invitation would create them again. This makes its writes fail instead.
 */
async function refuseOlderNodes(db: Db): Promise<void> {
  await sql`alter table users alter column email_key set not null`.execute(db)
  await sql`alter table users add constraint users_email_key_fits
    check (octet_length(email) <> length(email) or email_key = lower(email))`.execute(db)
}

/** The program must not guess which of two users an invitation or a sign-in means. */
async function refuseTwins(db: Db): Promise<void> {
  const { rows } = await sql<{ one: string; other: string }>`
    select min(id) as one, max(id) as other from users group by email_key having count(*) > 1
     order by 1 limit 1`.execute(db)
  const [twins] = rows
  if (twins)
    throw new DatabaseTrouble(
      `the users ${twins.one} and ${twins.other} have email addresses that differ only in letter case or Unicode composition; change one of them with the previous version of Mintmark, then upgrade`,
      { isPermanent: true },
    )
}
