/**
 * Case-insensitive matching of `query` and `like:` filters on both databases, also in scripts that SQL folds
 * differently or not at all.
 */
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { allOperations } from '@mintmark/contract'
import { startEverything } from '../../testing/everything.ts'
import { type Authority, document, startAuthority } from '../../testing/kit.ts'
import { query, sharedServer, temporaryPostgres } from '../../testing/postgres.ts'

const names = [
  'Über-Team',
  'Ключ',
  'U\u0308nal',
  'ΟΔΟΣ',
  'Éclair',
  'İzmir',
  'Ǆ-List',
  '𐐀 Deseret',
  '日本',
  'plain_Team',
  'plainXTeam',
  '100% sure',
  'back\\slash',
  "quo'te",
]

/** Search texts, and the names that they must find. */
const cases: [query: string, found: string[]][] = [
  ['über', ['Über-Team']],
  ['ÜBER', ['Über-Team']],
  ['u\u0308ber', ['Über-Team']],
  ['U\u0308BER', ['Über-Team']],
  ['uber', []],
  ['ünAL', ['U\u0308nal']],
  ['ключ', ['Ключ']],
  ['КЛЮЧ', ['Ключ']],
  ['люЧ', ['Ключ']],
  ['οδος', ['ΟΔΟΣ']],
  ['οδοσ', ['ΟΔΟΣ']],
  ['e\u0301CLAIR', ['Éclair']],
  ['izmir', ['İzmir']],
  ['ǆ-list', ['Ǆ-List']],
  ['𐐨 deseret', ['𐐀 Deseret']],
  ['日本', ['日本']],
  ['PLAIN_team', ['plain_Team']],
  ['plainxteam', ['plainXTeam']],
  ['100%', ['100% sure']],
  ['%', ['100% sure']],
  ['_', ['plain_Team']],
  ['\\', ['back\\slash']],
  ['BACK\\SLASH', ['back\\slash']],
  ["QUO'TE", ["quo'te"]],
  ['-tEAM', ['Über-Team']],
  ['PLAIN', ['plain_Team', 'plainXTeam']],
]

/** The default collation of the second one only knows ASCII letters. */
const stores: Record<string, (test: { after: (end?: unknown) => void }) => Promise<{ url: string } | undefined>> = {
  sqlite: async () => undefined,
  postgres: async (t) => ({ url: await temporaryPostgres(t as never) }),
  'postgres with the collation C': async (t) => {
    const server = await sharedServer()
    const url = new URL(server)
    url.pathname = `/plain_${crypto.randomUUID().slice(0, 8)}`
    const name = url.pathname.slice(1)
    await query(server, `create database ${name} encoding 'UTF8' locale 'C' locale_provider 'libc' template template0`)
    t.after(() => query(server, `drop database ${name} with (force)`))
    return { url: url.href }
  },
}

for (const [kind, storeOf] of Object.entries(stores)) {
  describe(kind, () => {
    const lifted: (() => unknown)[] = []
    let authority: Authority
    before(async () => {
      const hooks = { after: (end?: unknown) => void lifted.push(end as () => unknown) }
      const store = await storeOf(hooks)
      authority = await startAuthority(hooks, store ? { store } : {})
      for (const name of names) {
        const made = await authority.call('POST', '/teams', {
          body: document('teams', { name }, { account: ['accounts', authority.prepared.account] }),
        })
        assert.equal(made.status, 201, made.text)
      }
    })
    after(async () => {
      for (const end of lifted.reverse()) await end()
    })

    for (const parameter of ['query', 'filter[name]']) {
      test(`${parameter} matches names case-insensitively, and every character literally`, async () => {
        for (const [text, found] of cases) {
          const value = encodeURIComponent(parameter === 'query' ? text : `like:${text}`)
          const { json } = await authority.call('GET', `/teams?${parameter}=${value}&page[size]=100`)
          const got = json.data.map((each: { attributes: { name: string } }) => each.attributes.name)
          assert.deepEqual(got.toSorted(), found.toSorted(), text)
        }
      })
    }
  })
}

const lists = [
  ...new Set(allOperations.filter(({ kind, path }) => kind === 'list' && !path.includes('{')).map(({ path }) => path)),
]

describe('every list is searched on PostgreSQL as on SQLite:', () => {
  const lifted: (() => unknown)[] = []
  const hooks = { after: (end?: unknown) => void lifted.push(end as () => unknown) }
  const both: Awaited<ReturnType<typeof startEverything>>[] = []
  before(async () => {
    both.push(
      await startEverything(hooks),
      await startEverything(hooks, { store: { url: await temporaryPostgres(hooks as never) } }),
    )
  })
  after(async () => {
    for (const end of lifted.reverse()) await end()
  })

  for (const path of lists) {
    test(path, async () => {
      for (const text of ['a', 'A\u0308', 'ключ', '%\\_']) {
        const found = await Promise.all(
          both.map(({ call }) => call('GET', `${path}?query=${encodeURIComponent(text)}`)),
        )
        assert.deepEqual(
          found.map(({ status }) => status),
          [200, 200],
          `${text}: ${found.map((answer) => answer.text).join()}`,
        )
      }
    })
  }
})
