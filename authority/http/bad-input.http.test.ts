/** Invalid input leads to an error document that names the location, never to a 500, a partial write or a leaked secret. */
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { allOperations } from '@mintmark/contract'
import fc from 'fast-check'
import { type Everything, inputFor, startEverything } from '../../testing/everything.ts'
import type { Answer } from '../../testing/kit.ts'
import { temporaryPostgres } from '../../testing/postgres.ts'

const lifted: (() => unknown)[] = []
let everything: Everything

let onPostgres: Everything

before(async () => {
  const hooks = { after: (end?: unknown) => void lifted.push(end as () => unknown) }
  const invalidTokensPerMinute = Number.MAX_SAFE_INTEGER
  everything = await startEverything(hooks, { invalidTokensPerMinute })
  onPostgres = await startEverything(hooks, { invalidTokensPerMinute, store: { url: await temporaryPostgres(hooks) } })
})
after(async () => {
  for (const end of lifted.reverse()) await end()
})

const deep = (levels: number) => `${'{"a":'.repeat(levels)}1${'}'.repeat(levels)}`
const team = (attributes: string, rest = '') => `{"data":{"type":"teams","attributes":${attributes}${rest}}}`
const related = (name: string, data: string) => team('{"name":"x"}', `,"relationships":{"${name}":{"data":${data}}}`)

type Case = [name: string, body: string | Buffer, status: number, pointer: string]

const cases: Case[] = [
  ['no JSON', 'hello', 400, ''],
  ['JSON that stops', '{"data":{"type":"teams"', 400, ''],
  ['text after the JSON', `${team('{"name":"x"}')}x`, 400, ''],
  [
    'a byte that is not UTF-8',
    Buffer.concat([Buffer.from('{"data":"'), Buffer.from([0xff]), Buffer.from('"}')]),
    400,
    '',
  ],
  ['a name that stands twice', team('{"name":"a","name":"b"}'), 400, '/data/attributes/name'],
  ['a name that stands twice, once escaped', team('{"name":"a","n\\u0061me":"b"}'), 400, '/data/attributes/name'],
  ['__proto__', team('{"__proto__":{"name":"x"}}'), 400, '/data/attributes/__proto__'],
  ['__proto__, escaped', '{"\\u005f_proto__":1}', 400, '/__proto__'],
  ['deep nesting', deep(2_000), 400, '/a'],
  ['nesting in an array', `[${'['.repeat(50)}${']'.repeat(50)}]`, 400, '/0'],
  ['nothing', '', 422, ''],
  ['an array', '[]', 422, ''],
  ['a number', '1', 422, ''],
  ['null', 'null', 422, ''],
  ['no data', '{}', 422, '/data'],
  ['data that is a list', '{"data":[]}', 422, '/data'],
  ['no type', '{"data":{"attributes":{"name":"x"}}}', 422, '/data/type'],
  ['another type', '{"data":{"type":"roles","attributes":{"name":"x"}}}', 422, '/data/type'],
  ['attributes that are a list', '{"data":{"type":"teams","attributes":[]}}', 422, '/data/attributes'],
  [
    'relationships that are text',
    '{"data":{"type":"teams","attributes":{"name":"x"},"relationships":"x"}}',
    422,
    '/data/relationships',
  ],
  ['no name', team('{}'), 422, '/data/attributes/name'],
  ['a name that is null', team('{"name":null}'), 422, '/data/attributes/name'],
  ['a name that is a number', team('{"name":1e400}'), 422, '/data/attributes/name'],
  ['a name that is an object', team('{"name":{"toString":"x"}}'), 422, '/data/attributes/name'],
  ['a blank name', team('{"name":" \\u2003"}'), 422, '/data/attributes/name'],
  ['a name of almost 1 MB', team(`{"name":"${'x'.repeat(1_000_000)}"}`), 422, '/data/attributes/name'],
  ['a name one too long', team(`{"name":"${'x'.repeat(256)}"}`), 422, '/data/attributes/name'],
  ['half a character', team('{"name":"\\ud800"}'), 422, '/data/attributes/name'],
  ['a character of NUL', team('{"name":"a\\u0000b"}'), 422, '/data/attributes/name'],
  ['an escape sequence for terminals', team('{"name":"\\u001b[2J"}'), 422, '/data/attributes/name'],
  [
    'a relation without data',
    team('{"name":"x"}', ',"relationships":{"account":{}}'),
    422,
    '/data/relationships/account',
  ],
  [
    'a relation that is text',
    team('{"name":"x"}', ',"relationships":{"account":"acc-1"}'),
    422,
    '/data/relationships/account',
  ],
  ['many where one is wanted', related('account', '[]'), 422, '/data/relationships/account'],
  ['one where many are wanted', related('users', '{"type":"users","id":"user-1"}'), 422, '/data/relationships/users'],
  [
    'an identifier of another type',
    related('users', '[{"type":"teams","id":"team-1"}]'),
    422,
    '/data/relationships/users',
  ],
  ['an id that is a number', related('users', '[{"type":"users","id":1}]'), 422, '/data/relationships/users'],
  ['an id with NUL', related('users', '[{"type":"users","id":"a\\u0000"}]'), 404, '/data/relationships/users'],
  [
    'an id that is half a character',
    related('users', '[{"type":"users","id":"\\ud800"}]'),
    404,
    '/data/relationships/users',
  ],
  [
    'an id of another kind of object',
    related('users', '[{"type":"users","id":"team-v0oaaaaaaaaaaaaaa"}]'),
    404,
    '/data/relationships/users',
  ],
  [
    '1,001 identifiers',
    related('users', `[${Array.from({ length: 1_001 }, (_, i) => `{"type":"users","id":"user-${i}"}`)}]`),
    422,
    '/data/relationships/users',
  ],
]

describe('a document with', () => {
  for (const [name, body, status, pointer] of cases) {
    test(`${name} is refused at ${pointer || 'the body'}`, async () => {
      const before = await teams()
      const refused = await everything.authority.app.server.inject({
        method: 'POST',
        url: '/api/iacp/v3/teams',
        headers: { authorization: `Bearer ${everything.tokens.admin}`, 'content-type': 'application/vnd.api+json' },
        payload: body,
      })
      const { errors } = JSON.parse(refused.body)
      assert.equal(refused.statusCode, status, refused.body.slice(0, 300))
      assert.ok((errors[0].source?.pointer ?? '').startsWith(pointer), `${errors[0].source?.pointer} is not ${pointer}`)
      assert.ok(errors[0].detail.length > 5 && refused.body.length < 2_000)
      assert.equal(await teams(), before)
    })
  }

  test('a wrong media type is rejected, and none is required without a body', async () => {
    for (const type of [
      'text/plain',
      'application/xml',
      'multipart/form-data; boundary=x',
      'application/x-www-form-urlencoded',
      'application/jsonx',
    ]) {
      const refused = await everything.call('POST', '/teams', {
        body: team('{"name":"x"}'),
        headers: { 'content-type': type },
      })
      assert.equal(refused.status, 415, type)
    }
    for (const type of ['application/json', 'application/vnd.api+json; charset=utf-8', 'APPLICATION/JSON'])
      assert.equal(
        (
          await everything.call('PATCH', `/teams/${everything.ids['teams']}`, {
            body: team('{}'),
            headers: { 'content-type': type },
          })
        ).status,
        200,
      )
  })
})

// Validation before the first query is the same on both databases, so the slower one gets fewer and different
// documents.
for (const [kind, of, drawn] of [
  ['SQLite', () => everything, { numRuns: 1_000, seed: 7 }],
  ['PostgreSQL', () => onPostgres, { numRuns: 300, seed: 11 }],
] as const) {
  test(`${drawn.numRuns} random documents never cause a 500 on ${kind}`, () => drawnDocuments(of(), drawn))
  test(`${drawn.numRuns / 2} random queries never cause a 500 on ${kind}`, () =>
    drawnQueries(of(), { ...drawn, numRuns: drawn.numRuns / 2 }))
}

interface Drawn {
  readonly numRuns: number
  readonly seed: number
}

async function drawnDocuments(everything: Everything, drawn: Drawn): Promise<void> {
  const writes = allOperations.filter(
    ({ kind, method }) => method !== 'GET' && method !== 'DELETE' && kind !== 'remove-members',
  )
  const types = [...new Set(writes.map(({ resource }) => resource.type))]
  const names = [
    ...new Set(
      writes.flatMap(({ resource }) => [...Object.keys(resource.attributes), ...Object.keys(resource.relations)]),
    ),
  ].map((name) => name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`))
  const value = fc.oneof(
    fc.jsonValue({ maxDepth: 3 }),
    fc.constantFrom('', 'x', 0, -1, 1e308, true, null, '2030-01-01T00:00:00Z', '10.0.0.0/8', 'teams:read'),
  )
  const identifier = fc.record({
    type: fc.constantFrom(...types),
    id: fc.oneof(fc.constantFrom(...Object.values(everything.ids)), fc.string()),
  })
  const bodies = fc.oneof(
    { weight: 1, arbitrary: value },
    {
      weight: 6,
      arbitrary: fc.record({
        data: fc.record({
          type: fc.constantFrom('', ...types),
          attributes: fc.dictionary(fc.constantFrom(...names), value, { maxKeys: 6 }),
          relationships: fc.dictionary(
            fc.constantFrom(...names),
            fc.oneof(value, fc.record({ data: fc.oneof(identifier, fc.array(identifier, { maxLength: 4 }), value) })),
            { maxKeys: 5 },
          ),
        }),
      }),
    },
  )
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...writes), bodies, async (operation, sent) => {
      // Mostly the right type, because a wrong type would hide everything behind it.
      const body =
        typeof sent === 'object' &&
        sent !== null &&
        'data' in sent &&
        sent.data &&
        typeof sent.data === 'object' &&
        'type' in sent.data &&
        sent.data.type !== ''
          ? {
              data: {
                ...dataOf(operation.resource.type, everything),
                ...(sent.data as object),
                type: operation.inputDocument?.type ?? operation.resource.type,
              },
            }
          : sent
      const answer = await everything.call(operation.method, everything.pathOf(operation), {
        body,
        ...(operation.body ? { headers: { 'content-type': 'application/json' } } : {}),
      })
      assertNoBug(everything, answer)
    }),
    drawn,
  )
}

const dataOf = (type: string, { ids }: Everything): object => {
  try {
    return inputFor(type, ids, 77).body.data
  } catch {
    return {}
  }
}

async function drawnQueries(everything: Everything, drawn: Drawn): Promise<void> {
  const lists = allOperations.filter(({ method }) => method === 'GET')
  const name = fc.oneof(
    fc.constantFrom(
      'page[number]',
      'page[size]',
      'sort',
      'include',
      'query',
      'filter[name]',
      'filter[account]',
      'filter[tag]',
      'fields[teams]',
      'filter[after]',
      'format',
      'filter[is-expired]',
      'filter[vcs-enabled]',
      'sort[favorite-first]',
    ),
    fc.string(),
  )
  const value = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.constantFrom(
      'in:',
      'in:null,',
      'like:',
      'like:%_\\',
      'null',
      '-name,name',
      'account,account.owner',
      '1',
      '1e9',
      '-1',
      'csv',
    ),
  )
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...lists),
      fc.array(fc.tuple(name, value), { maxLength: 4 }),
      async (operation, query) => {
        const search = query
          .map(([key, text]) => `${encodeURIComponent(key.toWellFormed())}=${encodeURIComponent(text.toWellFormed())}`)
          .join('&')
        assertNoBug(everything, await everything.call('GET', `${everything.pathOf(operation)}?${search}`))
      },
    ),
    drawn,
  )
}

test('10,000 malformed tokens get a plain 401, and none is in the log', async () => {
  const good = everything.tokens.admin
  const broken = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc
      .tuple(fc.nat(good.length - 1), fc.constantFrom(...'AZaz09-_.=+/ \u00e9'))
      .map(([at, letter]) => good.slice(0, at) + letter + good.slice(at + 1)),
    fc.nat(good.length).map((length) => good.slice(0, length)),
    fc.string().map((text) => good + text),
    fc.string().map((text) => text + good),
    fc.constantFrom(`${good}.`, good.toUpperCase(), good.replaceAll('.', '..'), `${good},${good}`),
  )
  const door = everything.authority.app.server
  await fc.assert(
    fc.asyncProperty(fc.array(broken, { minLength: 50, maxLength: 50 }), async (texts) => {
      for (const text of texts) {
        const token = Buffer.from(text)
          .toString('latin1')
          .replace(/[\r\n\0]/g, '')
        if (token.trim() === good) continue
        // Each in its own turn of the event loop, as over a connection.
        await nextTurn()
        const { statusCode, body } = await door.inject({
          method: 'GET',
          url: '/api/iacp/v3/ping',
          headers: { authorization: `Bearer ${token}` },
        })
        assert.equal(statusCode, 401, body)
        assert.match(JSON.parse(body).errors[0].code, /^(?:invalid-token|no-token)$/)
      }
    }),
    { numRuns: 200, seed: 7 },
  )
  assert.ok(everything.authority.log.every((line) => !line.includes('eyJ')))
})

async function teams(): Promise<number> {
  return (await everything.call('GET', '/teams')).json.meta.pagination['total-count']
}

function assertNoBug({ authority }: Everything, answer: Answer): void {
  assert.ok(
    answer.status < 500,
    `${answer.status} ${answer.text}\n${authority.log.findLast((line) => line.includes('"err"'))}`,
  )
  if (answer.status < 400) return
  for (const error of answer.json.errors)
    assert.ok(typeof error.title === 'string' && error.status === String(answer.status))
  assert.ok(!answer.text.includes('eyJ'))
}
