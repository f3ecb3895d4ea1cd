/** Derived from the declarations: every endpoint, including new ones, is called by callers that it must refuse. */
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import {
  basePath,
  type EndpointDeclaration,
  type EndpointName,
  endpointEntries,
  isCheckedBody,
} from '@mintmark/contract'
import { type Everything, startEverything } from '../testing/everything.ts'
import type { Answer } from '../testing/kit.ts'
import { rawSql } from '../testing/raw-sql.ts'
import { endpointSample } from './endpoint-samples.ts'

/** Endpoints that every valid token may call, and assertions on the response to a caller without rights. */
const forEveryToken: Partial<Record<EndpointName, (answer: Answer) => void>> = {
  ping: ({ text }) => assert.equal(text, 'pong'),
  markNotificationsRead: ({ status }) => assert.equal(status, 204),
  introspect: ({ json }) => assert.deepEqual(json, { active: false }),
}

/** A caller from another account gets the file of its own accounts, without tokens of other accounts. */
const ofOwnAccounts: readonly EndpointName[] = ['getFingerprints']

const lifted: (() => unknown)[] = []
let everything: Everything
let eventsBefore = 0

before(async () => {
  everything = await startEverything(
    { after: (end?: unknown) => void lifted.push(end as () => unknown) },
    { metricsToken: 'metrics-token', gitlabToken: 'gitlab-token', invalidTokensPerMinute: 1_000 },
  )
  eventsBefore = await countEvents()
})
after(async () => {
  for (const end of lifted.reverse()) await end()
})

const declaredBy = (caller: EndpointDeclaration['caller']) =>
  endpointEntries.filter(([, endpoint]) => endpoint.caller === caller)

const fromConsole = { 'x-mintmark-console': '1', host: 'localhost:8420' }

describe('every endpoint is refused', { concurrency: false }, () => {
  for (const [name, endpoint] of declaredBy('token')) {
    test(`${endpoint.id} without authentication: 401`, async () => {
      const refused = await ask(name, endpoint, { token: null })
      assert.deepEqual([refused.status, refused.json.errors?.[0].code], [401, 'no-token'])
      assert.match(String(refused.headers['www-authenticate']), /^Bearer realm=/)
    })

    for (const who of ['otherAccount', 'member', 'elsewhere'] as const)
      test(`${endpoint.id} to ${who}, whose token does not have the permission`, async () => {
        const answer = await ask(name, endpoint, { token: everything.tokens[who] })
        const assertResponse = forEveryToken[name]
        if (assertResponse) {
          assert.ok([200, 204].includes(answer.status), answer.text)
          return assertResponse(answer)
        }
        if (who === 'otherAccount' && ofOwnAccounts.includes(name)) return assertFewerLines(name, endpoint, answer)
        assert.ok([403, 404].includes(answer.status), `${answer.status} ${answer.text}`)
      })
  }

  for (const [name, endpoint] of declaredBy('session')) {
    test(`${endpoint.id} without a session: 401`, async () => {
      const refused = await ask(name, endpoint, { token: null, headers: fromConsole })
      assert.deepEqual([refused.status, refused.json.errors?.[0].code], [401, 'no-session'])
    })

    test(`${endpoint.id} to a token, even of an owner`, async () => {
      const refused = await ask(name, endpoint, { token: everything.tokens.owner, headers: fromConsole })
      assert.deepEqual([refused.status, refused.json.errors?.[0].code], [401, 'no-session'])
    })
  }

  const consoleOnly = endpointEntries.filter(([, { caller, fromConsole: only }]) => caller === 'session' || only)
  for (const [name, endpoint] of consoleOnly)
    test(`${endpoint.id} to a page of another site`, async () => {
      for (const headers of [{ host: 'localhost:8420' }, { ...fromConsole, 'sec-fetch-site': 'cross-site' }]) {
        const refused = await ask(name, endpoint, { token: null, headers })
        assert.deepEqual([refused.status, refused.json.errors?.[0].code], [403, 'forbidden'])
      }
    })

  for (const [name, endpoint] of declaredBy('client'))
    test(`${endpoint.id} to clients without the configured secret`, async () => {
      for (const token of [null, 'wrong', everything.tokens.owner]) {
        const refused = await ask(name, endpoint, { token })
        assert.equal(refused.status, 401, refused.text)
      }
    })

  for (const [name, endpoint] of declaredBy('signature'))
    test(`${endpoint.id} without a valid signature, even with a token`, async () => {
      for (const token of [null, everything.tokens.owner]) {
        const refused = await ask(name, endpoint, { token, headers: { 'x-hub-signature-256': 'sha256=00' } })
        assert.deepEqual([refused.status, refused.json.errors?.[0].code], [401, 'invalid-signature'])
      }
    })

  test('and these requests left no trace except refusals', async () => {
    assert.equal(await countEvents(), eventsBefore)
  })
})

interface Given {
  readonly token: string | null
  readonly headers?: Readonly<Record<string, string>>
}

async function ask(
  name: EndpointName,
  { method, path, body }: EndpointDeclaration,
  { token, headers = {} }: Given,
): Promise<Answer> {
  const { ids, tokens } = everything
  const params: Readonly<Record<string, string | undefined>> = {
    workspace: ids['workspaces'],
    user: ids['users'],
    reporter: 'github',
  }
  // The test kit adds the base path.
  const url = path.replace(basePath, '').replace(/\{(\w+)\}/g, (_, param: string) => params[param] ?? 'unknown-1')
  const sample: Partial<Record<EndpointName, Record<string, unknown>>> = {
    inviteByLink: { account: ids['accounts'], user: ids['users'] },
    resetUserSignIn: { account: ids['accounts'], user: ids['users'] },
    introspect: { token: tokens.admin },
  }
  const value = sample[name] ?? endpointSample(name)
  if (!body || method === 'GET') return everything.call(method, url, { token, headers })
  const isForm = isCheckedBody(body) && body.as === 'form'
  return everything.call(method, url, {
    token,
    headers: { ...headers, 'content-type': isForm ? 'application/x-www-form-urlencoded' : 'application/json' },
    body: isForm ? new URLSearchParams(value as Record<string, string>).toString() : (value ?? {}),
  })
}

async function assertFewerLines(name: EndpointName, endpoint: EndpointDeclaration, { status, text }: Answer) {
  assert.equal(status, 200, text)
  const whole = await ask(name, endpoint, { token: everything.tokens.admin })
  // A person who belongs to both accounts has tokens in both files.
  const own = new Set(text.split('\n'))
  const absent = whole.text.split('\n').filter((line) => /^[0-9a-f]+$/.test(line) && !own.has(line))
  assert.ok(absent.length > 0)
}

async function countEvents(): Promise<number> {
  await everything.authority.app.flush()
  const text = `select count(*) as count from audit_events where action <> 'access-tokens.refused' and account_id = '${everything.ids['accounts']}'`
  const [row] = (await rawSql(everything.authority.database, text)) as { count: number }[]
  return row?.count ?? -1
}
