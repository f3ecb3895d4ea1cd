/** Errors repeat a value of the request exactly as sent, in every endpoint. */
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { limits } from '@mintmark/contract'
import { accountA, type Everything, startEverything } from '../../testing/everything.ts'
import { document } from '../../testing/kit.ts'
import { temporaryPostgres } from '../../testing/postgres.ts'

const odd = {
  'an exclamation mark and a slash': '! / nope',
  'quotes and a backslash': `"it's" \\ so`,
  'a percent sign': '100% %s %d %41',
  markup: '<script>alert(1)</script>&amp;',
  'line breaks and an escape': 'a\r\nb\u001b[31mc\tz',
  'bidirectional controls': 'a\u202egpj.exe\u2066',
  'characters beyond the basic plane': 'Ключ 鍵 🔑 e\u0301',
  'the words of other languages': "$HOME $(id) {{7*7}} %{x} `id` ' OR 1=1 --",
  'an own property of every object': '__proto__',
}
/** No URL contains these. */
const oddInDocuments = { 'a NUL': 'a\u0000b', 'half of a surrogate pair': 'a\ud83d' }
const cutAt = limits.echoedCharacters

for (const kind of ['SQLite', 'PostgreSQL'] as const) {
  describe(`an error repeats a value exactly as it was sent (${kind})`, () => {
    const lifted: (() => unknown)[] = []
    let everything: Everything
    before(async () => {
      const hooks = { after: (end?: unknown) => void lifted.push(end as () => unknown) }
      const store = kind === 'SQLite' ? {} : { store: { url: await temporaryPostgres(hooks) } }
      everything = await startEverything(hooks, store)
    })
    after(async () => {
      for (const end of lifted.reverse()) await end()
    })

    /** Sends the value and returns the sentence that should repeat it, with `«»` in its place. */
    const places: Record<string, (value: string) => Promise<{ said: string; expected: string; status: number }>> = {
      'as an id in a path': async (value) => {
        const { status, json } = await everything.call('GET', `/environments/${encodeURIComponent(value)}`)
        const expected = "Environment with ID '«»' not found or user unauthorized."
        return { status, said: json.errors[0].title, expected }
      },
      'as an id of a to-one relation': async (value) => {
        const body = document('workspaces', { name: 'w' }, { environment: ['environments', value] })
        const { status, json } = await everything.call('POST', '/workspaces', { body })
        const expected = "Environment with ID '«»' not found or user unauthorized."
        return { status, said: json.errors[0].detail, expected }
      },
      'as an id of a to-many relation': async (value) => {
        const body = document('teams', { name: 't' }, { account: ['accounts', accountA], users: [['users', value]] })
        const { status, json } = await everything.call('POST', '/teams', { body })
        const expected = "Relationship 'users' with ID '«»' not found or user unauthorized."
        return { status, said: json.errors[0].detail, expected }
      },
      'as an id in a relationship body': async (value) => {
        const path = `/environments/${everything.ids['environments']}/relationships/tags`
        const { status, json } = await everything.call('POST', path, { body: { data: [{ type: 'tags', id: value }] } })
        return { status, said: json.errors[0].detail, expected: "Tag with ID '«»' not found or user unauthorized." }
      },
    }

    for (const [where, send] of Object.entries(places)) {
      for (const [what, value] of Object.entries(where.endsWith('path') ? odd : { ...odd, ...oddInDocuments })) {
        test(`${what}, ${where}`, async () => {
          const { status, said, expected } = await send(value)
          assert.equal(status, 404)
          assert.equal(
            said,
            expected.replace('«»', () => value),
          )
        })
      }
      test(`a long value is cut at ${cutAt} characters, ${where}`, async () => {
        const { said, expected } = await send('🔑'.repeat(cutAt + 1))
        assert.equal(said, expected.replace('«»', `${'🔑'.repeat(cutAt)}…`))
        const whole = await send('x'.repeat(cutAt))
        assert.equal(whole.said, expected.replace('«»', 'x'.repeat(cutAt)))
      })
      test(`a token is never repeated, ${where}`, async () => {
        const { token } = everything.authority.prepared
        const { said, expected } = await send(`x${token}!${token}`)
        assert.equal(said, expected.replace('«»', 'x[token]![token]'))
      })
    }

    for (const [parameter, value] of [
      ['include', "no'%!such"],
      ['sort', "-no'%!such"],
    ] as const)
      test(`an unknown name in ${parameter}`, async () => {
        const { status, json } = await everything.call('GET', `/teams?${parameter}=${encodeURIComponent(value)}`)
        assert.equal(status, 400)
        assert.ok(json.errors[0].detail.includes("'no'%!such'"), json.errors[0].detail)
      })

    test('an unknown filter in the parameter of the error', async () => {
      const { status, json } = await everything.call('GET', `/teams?${encodeURIComponent("filter[no'%!]")}=x`)
      assert.equal(status, 400)
      assert.equal(json.errors[0].source.parameter, "filter[no'%!]")
    })
  })
}
