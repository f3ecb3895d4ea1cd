/** The migration of passwords that another person chose for a user, on both databases. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { rawSql } from '../../testing/raw-sql.ts'
import { emptyStores } from '../../testing/stores.ts'
import { openDatabase } from './database.ts'
import { chosenPasswords } from './migrations/0017-invitations.ts'

const set = '{"passwordChanged":true}'

/** A user, whether they have a password, what happened (action, actor, details), and who chose the password. */
const people = [
  ['user-created', true, [['users.created', 'user-helper', null]], 'user-helper'],
  ['user-by-machine', true, [['users.created', 'sa-1', null]], 'sa-1'],
  [
    'user-own',
    true,
    [
      ['users.created', 'user-helper', null],
      ['users.password-changed', 'user-own', null],
    ],
    null,
  ],
  [
    'user-reset',
    true,
    [
      ['users.password-changed', 'user-reset', null],
      ['users.updated', 'user-helper', set],
    ],
    'user-helper',
  ],
  [
    'user-renamed',
    true,
    [
      ['users.password-changed', 'user-renamed', null],
      ['users.updated', 'user-helper', '{}'],
    ],
    null,
  ],
  ['user-invited', false, [['users.created', 'user-helper', null]], null],
] as const

for (const [kind, store] of Object.entries(emptyStores))
  test(`${kind}: a password chosen by another person becomes a first password with the upgrade`, async (t) => {
    const database = await openDatabase(await store(t))
    t.after(() => database.close())
    for (const [id, hasPassword, events] of people) {
      await rawSql(
        database,
        `insert into users (id, email, email_key, username, status, password_hash, change_password_on_sign_in, created_at)
         values ('${id}', '${id}@x.example', '${id}@x.example', '${id}', 'Active', ${hasPassword ? "'hash'" : 'null'}, 0, '2030-01-01T00:00:00.000Z')`,
      )
      for (const [i, [action, actor, after]] of events.entries())
        await rawSql(
          database,
          `insert into audit_events (id, action, at, actor_type, actor_id, token_id, subject_type, subject_id, after, times)
           values ('ae-${id}-${i}', '${action}', '2030-01-01T00:00:0${i}.000Z', 'users', '${actor}', 'at-${i}', 'users', '${id}', ${after ? `'${after}'` : 'null'}, 1)`,
        )
    }
    const before = new Date()
    await rawSql(database, chosenPasswords[database.kind])
    const rows = (await rawSql(
      database,
      'select id, change_password_on_sign_in, password_set_by_id, password_changed_at from users order by id',
    )) as {
      id: string
      changePasswordOnSignIn: number
      passwordSetById: string | null
      passwordChangedAt: string | null
    }[]
    assert.deepEqual(
      rows.map(({ id, changePasswordOnSignIn, passwordSetById }) => [id, changePasswordOnSignIn, passwordSetById]),
      people.map(([id, , , by]) => [id, by === null ? 0 : 1, by]).sort(([a], [b]) => (String(a) < String(b) ? -1 : 1)),
    )
    for (const { passwordSetById, passwordChangedAt } of rows) {
      assert.equal(passwordChangedAt !== null, passwordSetById !== null, 'only first passwords start to expire')
      if (passwordChangedAt === null) continue
      assert.match(passwordChangedAt, /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z$/)
      // The database may run on a machine with a different clock.
      assert.ok(Math.abs(Date.parse(passwordChangedAt) - before.getTime()) < 3_600_000, passwordChangedAt)
    }
  })
