import assert from 'node:assert/strict'
import { test } from 'node:test'
import { accountA, accountB, startEverything } from '../../../testing/everything.ts'
import { document } from '../../../testing/kit.ts'
import { temporaryPostgres } from '../../../testing/postgres.ts'

/** A dot-string at a domain, by RFC 5321 section 4.1.2. Labels consist of letters, digits and hyphens. */
const address = /^[a-z0-9_-]+(?:\.[a-z0-9_-]+)*@[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)+$/

const namesThatShareAnAddress = [
  ['Ключ', 'Сервер', '鍵', '!!!', '...', '--', '\u0301'],
  ['nightly build', 'nightly-build', 'Nightly Build', 'nightly/build'],
  ['café', 'cafe', 'CAFÉ'],
  ['a'.repeat(64), 'a'.repeat(65), 'a'.repeat(255)],
  ['x..y', 'x.y', '.x.y.'],
]

for (const kind of ['SQLite', 'PostgreSQL'] as const) {
  test(`service accounts whose names map to the same address get different valid addresses (${kind})`, async (t) => {
    const { call, authority } = await startEverything(
      t,
      kind === 'SQLite' ? {} : { store: { url: await temporaryPostgres(t) } },
    )
    const { token } = authority.prepared
    const seen = new Set<string>()
    for (const name of namesThatShareAnAddress.flat()) {
      for (const account of [accountA, accountB]) {
        const body = document('service-accounts', { name }, { account: ['accounts', account] })
        const made = await call('POST', '/service-accounts', { body, token })
        assert.equal(made.status, 201, made.text)
        const { email } = made.json.data.attributes
        assert.match(email, address)
        assert.ok(email.length <= 254 && email.split('@')[0].length <= 64, email)
        assert.ok(!seen.has(email), email)
        seen.add(email)
      }
    }
    const body = document('service-accounts', { name: 'Ключ' }, { account: ['accounts', accountA] })
    const again = await call('POST', '/service-accounts', { body, token })
    assert.equal(again.status, 422)
    assert.equal(again.json.errors[0].detail, 'A service account with this name already exists.')
  })
}
