/** One user per email address, in any spelling, on both databases. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { browser, signedIn, strong } from '../../../testing/browser.ts'
import { document } from '../../../testing/kit.ts'
import { stores } from '../../../testing/stores.ts'

for (const [kind, store] of Object.entries(stores))
  test(`${kind}: spellings of an address identify the same user when creating, finding, inviting and signing in`, async (t) => {
    const { call, link, prepared } = await signedIn(t, { store: await store(t) })
    const add = (email: string) => call('POST', '/users', { body: document('users', { email }) })
    const made = await add('Ünal@example.com')
    assert.equal(made.status, 201, made.text)
    const { id } = made.json.data
    const spellings = ['ünal@example.com', 'ÜNAL@EXAMPLE.COM', 'u\u0308nal@example.com']
    for (const email of spellings) {
      const twin = await add(email)
      assert.deepEqual(
        [email, twin.status, twin.json.errors?.[0].source.pointer],
        [email, 422, '/data/attributes/email'],
      )
      const found = await call('GET', `/users?filter[email]=${encodeURIComponent(email)}`)
      assert.deepEqual(
        found.json.data.map((each: { id: string }) => each.id),
        [id],
        email,
      )
    }
    const invited = await call('POST', `/accounts/${prepared.account}/actions/invite`, {
      body: document('users', { email: 'ÜNAL@example.com' }),
    })
    assert.equal(invited.json.data.relationships.user.data.id, id)
    const person = browser({ call })
    await person.ask('POST', '/auth/link/use', { secret: await link('ünal@Example.com') })
    assert.equal((await person.ask('PUT', '/auth/methods/password', { password: strong })).status, 204)
    for (const email of spellings)
      assert.equal((await person.ask('POST', '/auth/sign-in', { email, password: strong })).status, 200, email)
  })

test('every endpoint refuses a text that is not exactly one email address', async (t) => {
  const { call, prepared } = await signedIn(t)
  const invite = `/accounts/${prepared.account}/actions/invite`
  const user = (await call('POST', '/users', { body: document('users', { email: 'ann@example.com' }) })).json.data.id
  const bad = [
    'a@x.example,b@evil.example',
    '"x" <b@evil.example>',
    '""',
    'a@x.example ',
    'a\u200b@x.example',
    'аdmin@x.example',
  ]
  for (const email of bad)
    for (const [method, path] of [
      ['POST', '/users'],
      ['POST', invite],
      ['PATCH', `/users/${user}`],
    ] as const) {
      const refused = await call(method, path, { body: document('users', { email }) })
      assert.deepEqual(
        [path, refused.status, refused.json.errors?.[0].source.pointer],
        [path, 422, '/data/attributes/email'],
        JSON.stringify(email),
      )
    }
})
