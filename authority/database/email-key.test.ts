/** One key per address, in JavaScript and in both databases, including users from before the migration. */
import assert from 'node:assert/strict'
import { DatabaseSync } from 'node:sqlite'
import { test } from 'node:test'
import { dropChangeTriggers } from '../../testing/changes.ts'
import { connected } from '../../testing/postgres.ts'
import { rawSql } from '../../testing/raw-sql.ts'
import { emptyStores } from '../../testing/stores.ts'
import { openDatabase } from './database.ts'
import { emailKey } from './email-key.ts'

const same: readonly (readonly string[])[] = [
  ['ann@example.com', 'Ann@Example.COM'],
  ['ünal@x.example', 'Ünal@x.example', 'u\u0308nal@x.example', 'U\u0308NAL@X.EXAMPLE'],
  ['é@x.example', 'É@x.example', 'e\u0301@x.example'],
  ['иван@x.example', 'ИВАН@x.example'],
  ['σοφίας@x.example', 'ΣΟΦΊΑΣ@x.example'],
  ['straße@x.example', 'STRAẞE@x.example'],
  ['K@x.example', 'k@x.example', '\u212a@x.example'],
  ['İ@x.example', 'i\u0307@x.example'],
]

test('addresses that differ only in case or composition have the same key, and a key is its own key', () => {
  for (const spellings of same) {
    const keys = new Set(spellings.map(emailKey))
    assert.equal(keys.size, 1, spellings.join(' '))
    for (const key of keys) assert.equal(emailKey(key), key)
  }
  for (const [one, other] of [
    ['ann@x.example', 'an@x.example'],
    ['straße@x.example', 'strasse@x.example'],
    ['lıam@x.example', 'liam@x.example'],
    ['ſam@x.example', 'sam@x.example'],
    ['é@x.example', 'e@x.example'],
  ] as const)
    assert.notEqual(emailKey(one), emailKey(other), `${one} is another mailbox than ${other}`)
})

for (const [kind, store] of Object.entries(emptyStores))
  test(`${kind}: existing users get their key; duplicates are named and stop the upgrade before it changes anything`, async (t) => {
    const where = await store(t)
    const before = await openDatabase(where)
    await dropChangeTriggers(before)
    const undo = [
      'drop index users_email_key',
      'alter table users drop column email_key',
      'create unique index users_email on users (lower(email))',
      'alter table changes drop column mark',
      "delete from migrations where name in ('0014-change-marks', '0016-email-keys', '0028-change-triggers')",
    ]
    for (const statement of undo) await rawSql(before, statement)
    const insert = (id: string, email: string) =>
      rawSql(
        before,
        `insert into users (id, email, username, status, change_password_on_sign_in, created_at) values ('${id}', '${email}', '${email}', 'Active', 0, '2030-01-01T00:00:00.000Z')`,
      )
    const people = { 'user-1': 'Ann@Example.com', 'user-2': 'Ünal@x.example', 'user-3': 'ИВАН@x.example' }
    for (const [id, email] of Object.entries(people)) await insert(id, email)
    await insert('user-4', 'ünal@x.example')
    await before.close()

    await assert.rejects(openDatabase(where), (error: Error) => {
      assert.equal(error.name, 'DatabaseTrouble')
      assert.match(error.message, /user-2.*user-4.*email addresses that differ only/)
      return true
    })
    const still = await openDatabase(where).catch(() => undefined)
    assert.equal(still, undefined, 'refused again, nothing is half done')
    const begun = await withoutUpgrade(
      where,
      "select name from migrations where name in ('0014-change-marks', '0016-email-keys')",
    )
    assert.deepEqual(
      begun,
      [],
      'no migration was applied, so the previous version can still open the schema and change an address',
    )

    await withoutUpgrade(where, "delete from users where id = 'user-4'")
    const after = await openDatabase(where)
    t.after(() => after.close())
    const rows = (await rawSql(after, 'select id, email_key from users order by id')) as {
      id: string
      emailKey: string
    }[]
    assert.deepEqual(
      rows.map(({ id, emailKey }) => [id, emailKey]),
      Object.entries(people).map(([id, email]) => [id, emailKey(email)]),
    )
    await rawSql(after, "update users set status = 'Inactive' where id = 'user-1'")
    const published = await rawSql(after, "select key from changes where kind = 'owner' and mark is not null")
    assert.deepEqual(published, [{ key: 'user-1' }])
  })

test('postgres: a node of the previous version, which writes no key, cannot create a user or change an address', async (t) => {
  const where = await emptyStores.postgres(t)
  const database = await openDatabase(where)
  t.after(() => database.close())
  const columns = 'id, email, username, status, change_password_on_sign_in, created_at'
  const values = "'Ann@x.example', 'ann', 'Active', 0, '2030-01-01T00:00:00.000Z'"
  await assert.rejects(rawSql(database, `insert into users (${columns}) values ('user-1', ${values})`), /email_key/)
  await rawSql(database, `insert into users (${columns}, email_key) values ('user-1', ${values}, 'ann@x.example')`)
  await assert.rejects(rawSql(database, "update users set email = 'bob@x.example'"), /users_email_key_fits/)
  await rawSql(database, "update users set email = 'ANN@x.example'")
})

/** Changes the database directly, without the migration. */
async function withoutUpgrade(where: { file: string } | { url: string }, text: string): Promise<unknown[]> {
  if ('file' in where) {
    const file = new DatabaseSync(where.file)
    try {
      return file.prepare(text).all()
    } finally {
      file.close()
    }
  }
  const client = await connected(where.url)
  const { rows } = await client.query(text).finally(() => client.end())
  return rows
}
