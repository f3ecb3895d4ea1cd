/**
 * Every declared operation succeeds, responds as the OpenAPI document says, and echoes what was sent: creating, reading,
 * listing and updating agree attribute by attribute.
 */
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import {
  allOperations,
  camel,
  kebab,
  type Operation,
  operationsOf,
  type Resource,
  resourceByType,
} from '@mintmark/contract'
import { Validator } from '@seriousme/openapi-schema-validator'
import { accountA, creatable, type Everything, inputFor, startEverything } from '../testing/everything.ts'
import { type Answer, type CallOptions, document } from '../testing/kit.ts'
import { answerCheck } from '../testing/openapi.ts'
import { samplesOf } from '../testing/samples.ts'

const cleanups: (() => unknown)[] = []
const answered = new Set<string>()
const { check } = answerCheck()
let everything: Everything

before(async () => {
  everything = await startEverything({ after: (end?: unknown) => void cleanups.push(end as () => unknown) })
})
after(async () => {
  for (const end of cleanups.reverse()) await end()
})

/** Sends a request, validates the response against the document, and records that the operation succeeded. */
async function callChecked(status: number, method: string, path: string, options: CallOptions = {}): Promise<Answer> {
  const answer = await everything.call(method, path, options)
  assert.equal(answer.status, status, `${method} ${path}: ${answer.text}`)
  const id = check(method, path, answer)
  if (status < 300) answered.add(id)
  return answer
}

const plainJson = { 'content-type': 'application/json' }
/** These change with every write, or appear only once. */
const volatile = new Set(['token', 'secret', 'updated-at', 'updated-by-email', 'deletion-protection-changed-by-email'])
/** Responses that intentionally differ from the request, and why. */
const intentionalDifferences: Readonly<Record<string, (sent: unknown) => unknown>> = {
  // Null means the default.
  'assume-service-account-policies.maximum-session-duration': (sent) => sent ?? 3600,
  // A missing value is stored as empty in Scalr's API too.
  'vars.value': (sent) => sent ?? '',
  // A sensitive header is never returned.
  'agent-pools.webhook-headers': (sent) =>
    sent && (sent as { sensitive: boolean }[]).map((each) => (each.sensitive ? { ...each, value: null } : each)),
}

describe('a created resource', { concurrency: false }, () => {
  for (const type of creatable.filter((each) => resourceByType.get(each)?.operations['show'])) {
    const resource = resourceByType.get(type) as Resource

    test(`${type}: create, show, list and update agree attribute by attribute`, async () => {
      const { path, body } = inputFor(type, everything.ids, 500)
      const sent = { ...body.data.attributes, ...samplesOf(resource, 'create', 500, 1) }
      const created = await callChecked(201, 'POST', path, { body: { data: { ...body.data, attributes: sent } } })
      const { data } = created.json
      assertMembers(resource, data)
      assertEcho(resource, sent, data)
      assertLinked(body.data.relationships, data)
      const own = pathOf(resource, data.id)
      assertSame(data, (await callChecked(200, 'GET', own)).json.data)
      const listed = await callChecked(
        200,
        'GET',
        `${listPath(resource)}?filter[${kebab(camel(resource.param))}]=${data.id}`,
      )
      assert.equal(listed.json.meta.pagination['total-count'], 1)
      assertSame(data, listed.json.data[0])

      if (!resource.operations['update']) return
      const untouched = await callChecked(200, 'PATCH', own, { body: { data: { type, attributes: {} } } })
      assertSame(data, untouched.json.data)
      const change = samplesOf(resource, 'update', 500, 2)
      const changed = await callChecked(200, 'PATCH', own, { body: { data: { type, attributes: change } } })
      assertEcho(resource, change, changed.json.data)
      assertSame(changed.json.data, (await callChecked(200, 'GET', own)).json.data)
      const nothing = Object.fromEntries(
        Object.entries(resource.attributes)
          .filter(
            ([, { nullable, writable, writeOnly }]) =>
              nullable && !writeOnly && (writable === 'always' || writable === 'update'),
          )
          .map(([name]) => [kebab(name), null]),
      )
      const cleared = await callChecked(200, 'PATCH', own, { body: { data: { type, attributes: nothing } } })
      assertEcho(resource, nothing, cleared.json.data)
      assertSame(cleared.json.data, (await callChecked(200, 'GET', own)).json.data)
    })

    test(`${type}: sparse fieldsets return the requested fields, and every relationship can be included`, async () => {
      const own = pathOf(resource, everything.ids[type] as string)
      const [first = ''] = Object.keys(resource.attributes).filter((name) => !resource.attributes[name]?.shownOnce)
      const sparse = await callChecked(200, 'GET', `${own}?fields[${type}]=id,${kebab(first)}`)
      assert.deepEqual(Object.keys(sparse.json.data.attributes), first ? [kebab(first)] : [])
      assert.deepEqual(sparse.json.data.relationships, {})
      assert.deepEqual((await callChecked(200, 'GET', `${own}?fields[${type}]=`)).json.data.attributes, {})
      const names = Object.keys(resource.relations).filter((name) => !resource.relations[name]?.writeOnly)
      if (names.length === 0) return
      const full = await callChecked(200, 'GET', `${own}?include=${names.map(kebab).join(',')}`)
      const linked = Object.values(full.json.data.relationships as Record<string, { data: unknown }>).flatMap(
        ({ data }) => data ?? [],
      )
      for (const object of full.json.included) {
        assert.ok(
          linked.some((each) => sameIdentifier(each, object)),
          `${object.type} ${object.id} was not requested`,
        )
        assertMembers(resourceByType.get(object.type) as Resource, object, true)
      }
      assert.equal('included' in (await callChecked(200, 'GET', own)).json, false)
    })

    if (resource.operations['remove']) {
      test(`${type}: after a delete, reading and deleting again fail with 404`, async () => {
        const made = await everything.create(type)
        const own = pathOf(resource, made.json.data.id)
        assert.equal((await callChecked(204, 'DELETE', own)).text, '')
        const missing = await callChecked(404, 'GET', own)
        assert.equal(
          missing.json.errors[0].title,
          `${resource.className} with ID '${made.json.data.id}' not found or user unauthorized.`,
        )
        assert.deepEqual(Object.keys(missing.json.errors[0]).toSorted(), ['code', 'status', 'title'])
        await callChecked(404, 'DELETE', own)
      })
    }
  }
})

describe('relationship endpoints', { concurrency: false }, () => {
  const adders = allOperations.filter(({ kind }) => kind === 'add-members')
  for (const { resource, relation = '' } of adders) {
    test(`${resource.type} ${kebab(relation)}: add, list, replace, remove`, async () => {
      const type = resource.relations[relation]?.to as string
      const [one, two] = await twoMembers(type)
      const path = `${pathOf(resource, everything.ids[resource.type] as string)}/relationships/${kebab(relation)}`
      const members = async () => (await callChecked(200, 'GET', path)).json.data.map(({ id }: { id: string }) => id)
      const body = (...ids: string[]) => ({ body: { data: ids.map((id) => ({ type, id })) } })
      await callChecked(204, 'PATCH', path, body())
      assert.deepEqual(await members(), [])
      await callChecked(204, 'POST', path, body(one))
      await callChecked(204, 'POST', path, body(one, two))
      assert.deepEqual(await members(), [one, two].toSorted())
      const paged = (await callChecked(200, 'GET', `${path}?page[size]=1&page[number]=2`)).json
      assert.equal(paged.data.length, 1)
      assert.equal(paged.meta.pagination['total-count'], 2)
      await callChecked(204, 'DELETE', path, body(one))
      assert.deepEqual(await members(), [two])
      await callChecked(204, 'PATCH', path, body(one))
      assert.deepEqual(await members(), [one])
      const unknown = await callChecked(404, 'DELETE', path, body('nothing-v0o1'))
      assert.equal(unknown.json.errors[0].title, 'Validation Error')
      assert.match(
        unknown.json.errors[0].detail,
        /^[A-Z][A-Za-z]+ with ID 'nothing-v0o1' not found or user unauthorized\.$/,
      )
      assert.equal(unknown.json.errors[0].source, undefined)
      await callChecked(422, 'POST', path, { body: { data: [{ type: 'wrong', id: one }] } })
    })
  }
})

describe('actions', { concurrency: false }, () => {
  for (const type of ['environments', 'workspaces'] as const) {
    test(`${type}: favorite and lock, by POST, and by GET as generated clients do`, async () => {
      const own = `/${type}/${everything.ids[type]}`
      for (const method of ['POST', 'GET']) {
        const act = async (action: string, body?: unknown) => {
          const sent = body === undefined ? {} : { body, headers: plainJson }
          const answer = await everything.call(body === undefined ? method : 'POST', `${own}/actions/${action}`, sent)
          assert.equal(answer.status, 200, answer.text)
          answered.add(check('POST', `${own}/actions/${action}`, answer))
          return answer.json.data
        }
        assert.equal((await act('favorite')).attributes.favorite, true)
        const first = await callChecked(200, 'GET', `/${type}?sort[favorite-first]=true`)
        assert.equal(first.json.data[0].id, everything.ids[type])
        assert.equal((await act('unfavorite')).attributes.favorite, false)
        const locked = await act('lock', { reason: 'Moving house' })
        assert.deepEqual([locked.attributes.locked, locked.attributes['lock-reason']], [true, 'Moving house'])
        assert.equal(
          (await everything.call('POST', `${own}/actions/lock`, { body: {}, headers: plainJson })).status,
          409,
        )
        assert.equal((await act('unlock')).attributes.locked, false)
        assert.equal((await everything.call(method, `${own}/actions/unlock`)).status, 409)
      }
    })
  }

  test('a schedule is set, cleared and validated', async () => {
    const path = `/workspaces/${everything.ids['workspaces']}/actions/set-schedule`
    const schedule = { 'apply-schedule': '30 3 * * mon-fri', 'destroy-schedule': null }
    const set = await callChecked(200, 'POST', path, { body: schedule, headers: plainJson })
    assert.partialDeepStrictEqual(set.json.data.attributes, schedule)
    for (const wrong of [
      '60 * * * *',
      '* * * *',
      'a * * * *',
      '*/0 * * * *',
      '5-1 * * * *',
      '* * 0 * *',
      '* * * 13 *',
      '* * * * 8',
    ]) {
      const refused = await callChecked(422, 'POST', path, { body: { 'apply-schedule': wrong }, headers: plainJson })
      assert.equal(refused.json.errors[0].source.pointer, '/apply-schedule')
    }
    const cleared = await callChecked(200, 'POST', path, { body: { 'apply-schedule': null }, headers: plainJson })
    assert.equal(cleared.json.data.attributes['apply-schedule'], null)
  })

  test('an account is updated, users are invited and removed', async () => {
    const resource = resourceByType.get('accounts') as Resource
    const change = samplesOf(resource, 'update', 1, 1)
    const changed = await callChecked(200, 'PATCH', `/accounts/${accountA}`, {
      body: { data: { type: 'accounts', attributes: change } },
    })
    assertMembers(resource, changed.json.data)
    assertEcho(resource, change, changed.json.data)
    assertSame(changed.json.data, (await callChecked(200, 'GET', `/accounts/${accountA}`)).json.data)
    assertSame(changed.json.data, (await callChecked(200, 'GET', '/accounts')).json.data[0])
    await callChecked(200, 'PATCH', `/accounts/${accountA}`, {
      body: { data: { type: 'accounts', attributes: { 'allowed-ips': [] } } },
    })
    const invitation = document(
      'users',
      { email: 'guest@mintmark.internal', 'send-invite': true },
      { roles: [['roles', 'role-t67mjtmauajto7g']], teams: [['teams', everything.ids['teams'] as string]] },
    )
    const invited = await callChecked(201, 'POST', `/accounts/${accountA}/actions/invite?include=user`, {
      body: invitation,
    })
    assert.equal(invited.json.data.type, 'account-users')
    assert.match(invited.json.data.id, /^[0-9a-f]{8}-/)
    assert.equal(invited.json.data.attributes.status, 'Pending')
    const user = invited.json.data.relationships.user.data.id
    assert.equal(invited.json.included[0].attributes.email, 'guest@mintmark.internal')
    const memberships = await callChecked(200, 'GET', `/account-users?filter[user]=${user}&sort=-email`)
    assertSame(invited.json.data, memberships.json.data[0])
    await callChecked(409, 'POST', `/accounts/${accountA}/actions/invite`, { body: invitation })
    await callChecked(404, 'POST', `/accounts/${accountA}/actions/confirm/${user}`)
    await callChecked(204, 'POST', `/accounts/${accountA}/actions/confirm/${everything.ids['users']}`)
    await callChecked(204, 'POST', `/users/${user}/actions/end-sessions`)
    await callChecked(204, 'DELETE', `/accounts/${accountA}/actions/remove/${user}`)
    await callChecked(404, 'DELETE', `/accounts/${accountA}/actions/remove/${user}`)
    assert.equal((await callChecked(200, 'GET', `/account-users?filter[user]=${user}`)).json.data.length, 0)
    assert.equal((await callChecked(200, 'GET', `/access-policies?filter[user]=${user}`)).json.data.length, 0)
  })

  test('the credentials of a service account are confirmed', async () => {
    const id = everything.ids['service-accounts']
    const confirmed = await callChecked(200, 'POST', `/service-accounts/${id}/actions/confirm-credentials`)
    assertSame(confirmed.json.data, (await callChecked(200, 'GET', `/service-accounts/${id}`)).json.data)
  })

  test('security rules are read and updated', async () => {
    const resource = resourceByType.get('security-rules') as Resource
    const change = samplesOf(resource, 'update', 1, 2)
    const changed = await callChecked(200, 'PATCH', '/security-rules', {
      body: { data: { type: 'security-rules', attributes: change } },
    })
    assertEcho(resource, change, changed.json.data)
    assertSame(changed.json.data, (await callChecked(200, 'GET', '/security-rules')).json.data)
    const none = {
      'enforce-agent-pool': false,
      'max-personal-token-lifetime': null,
      'max-service-account-token-lifetime': null,
      'require-owners-for-service-accounts': false,
    }
    await callChecked(200, 'PATCH', '/security-rules', { body: { data: { type: 'security-rules', attributes: none } } })
  })

  test('leak reports are read, contained, resolved and have notes', async () => {
    const [{ id }] = (await callChecked(200, 'GET', '/leak-reports?include=account')).json.data
    const report = (await callChecked(200, 'GET', `/leak-reports/${id}`)).json.data
    assertMembers(resourceByType.get('leak-reports') as Resource, report)
    await callChecked(200, 'POST', `/leak-reports/${id}/actions/contain`, {
      body: { what: 'token' },
      headers: plainJson,
    })
    const resolved = { type: 'leak-reports', id, attributes: { resolution: 'other' } }
    const changed = await callChecked(200, 'PATCH', `/leak-reports/${id}`, { body: { data: resolved } })
    assert.equal(changed.json.data.attributes.state, 'resolved')
    const note = await callChecked(201, 'POST', `/leak-reports/${id}/actions/add-note`, {
      body: { text: 'Replaced in the pipeline.' },
      headers: plainJson,
    })
    const notes = (await callChecked(200, 'GET', `/leak-report-notes?filter[leak-report]=${id}`)).json.data
    assertMembers(resourceByType.get('leak-report-notes') as Resource, notes[0])
    assert.equal(notes[0].id, note.json.data.id)
  })

  test('leak rules are updated', async () => {
    const resource = resourceByType.get('leak-rules') as Resource
    const change = samplesOf(resource, 'update', 1, 2)
    const changed = await callChecked(200, 'PATCH', '/leak-rules', {
      body: { data: { type: 'leak-rules', attributes: change } },
    })
    assertEcho(resource, change, changed.json.data)
    assertSame(changed.json.data, (await callChecked(200, 'GET', '/leak-rules')).json.data)
  })

  test('personal and agent pool tokens are created and listed, and the report counts them', async () => {
    const { owner } = everything.tokens
    const body = document('access-tokens', { name: 'laptop', description: null })
    const personal = await callChecked(201, 'POST', '/access-tokens', { body, token: owner })
    assert.match(personal.json.data.attributes.token, /^eyJ/)
    const own = await callChecked(200, 'GET', '/access-tokens?include=created-by&filter[name]=laptop', { token: owner })
    assertSame(personal.json.data, own.json.data[0])
    assert.equal(own.json.included[0].type, 'users')
    const pool = `/agent-pools/${everything.ids['agent-pools']}/access-tokens`
    await callChecked(201, 'POST', pool, { body })
    assert.equal((await callChecked(200, 'GET', pool)).json.data.length, 1)
    const rotated = await callChecked(201, 'POST', `/access-tokens/${personal.json.data.id}/actions/rotate`, {
      token: owner,
      body: {},
      headers: plainJson,
    })
    assert.equal(rotated.json.data.relationships.predecessor.data.id, personal.json.data.id)
    const report = await callChecked(200, 'GET', '/reports/access-tokens?query=laptop&sort=-created-at')
    assert.deepEqual(
      new Set(
        report.json.data.map(({ attributes }: { attributes: Record<string, string> }) => attributes['owner-type']),
      ),
      new Set(['user']),
    )
    assert.equal(report.json.data[0].id, rotated.json.data.id)
    assert.equal(report.json.data[0].attributes['last-characters'], rotated.json.data.attributes.token.slice(-6))
    const csv = await everything.call('GET', '/reports/access-tokens?format=csv&query=laptop')
    assert.match(String(csv.headers['content-type']), /^text\/csv/)
    assert.equal(csv.text.trim().split('\r\n').length, 3)
  })

  test('a webhook is tested and its secret rotated, and the test notification is listed', async () => {
    const made = await callChecked(201, 'POST', '/webhooks', {
      body: inputFor('webhooks', everything.ids, 700).body,
    })
    const own = `/webhooks/${made.json.data.id}`
    const rotated = await callChecked(200, 'POST', `${own}/actions/rotate-secret`)
    assert.match(rotated.json.data.attributes.secret, /^whsec_/)
    assert.notEqual(rotated.json.data.attributes.secret, made.json.data.attributes.secret)
    const notification = (await callChecked(201, 'POST', `${own}/actions/test`)).json.data
    const about = await callChecked(200, 'GET', `/notifications?filter[subject-id]=${made.json.data.id}&sort=-at`)
    assertSame(notification, about.json.data[0])
    assertSame(notification, (await callChecked(200, 'GET', `/notifications/${notification.id}`)).json.data)
    await callChecked(204, 'DELETE', own)
  })

  test('the remaining operations: ping, permissions, outputs, links, provider configurations', async () => {
    await callChecked(200, 'GET', '/ping')
    const all = await callChecked(200, 'GET', '/permissions')
    assert.equal('meta' in all.json, false)
    const [{ id }] = all.json.data
    assert.equal((await callChecked(200, 'GET', `/permissions/${encodeURIComponent(id)}`)).json.data.id, id)
    const workspace = `/workspaces/${everything.ids['workspaces']}`
    assert.deepEqual((await callChecked(200, 'GET', `${workspace}/outputs`)).json, { data: [] })
    assert.deepEqual((await callChecked(200, 'GET', `${workspace}/provider-configuration-links`)).json.data, [])
    const made = (
      await callChecked(201, 'POST', '/provider-configurations', {
        body: inputFor('provider-configurations', everything.ids, 9).body,
      })
    ).json.data
    await callChecked(204, 'DELETE', `/provider-configurations/${made.id}`)
    await callChecked(200, 'GET', `/users?filter[email]=owner@mintmark.internal&include=teams`)
    const events = await callChecked(200, 'GET', '/audit-events?filter[action]=tags.created')
    await callChecked(200, 'GET', `/audit-events/${events.json.data[0].id}`)
    const findings = await callChecked(200, 'GET', '/findings?include=account&sort=rank')
    assertMembers(resourceByType.get('findings') as Resource, findings.json.data[0])
    await everything.authority.app.flush()
    const { id: own } = (await callChecked(200, 'GET', '/access-tokens/self')).json.data
    const uses = await callChecked(200, 'GET', `/access-tokens/${own}/activity?sort=-times&include=access-token`)
    assertMembers(resourceByType.get('token-activity') as Resource, uses.json.data[0])
    assert.ok(uses.json.data.some((each: { attributes: object }) => 'permissions' in each.attributes))
    const robot = everything.ids['service-accounts']
    const summaries = await callChecked(200, 'GET', `/service-account-summaries?filter[service-account]=${robot}`)
    assertMembers(resourceByType.get('service-account-summaries') as Resource, summaries.json.data[0])
    const { id: revoked } = (
      await callChecked(201, 'POST', `/service-accounts/${robot}/access-tokens`, {
        body: inputFor('access-tokens', everything.ids, 9).body,
      })
    ).json.data
    await callChecked(204, 'DELETE', `/access-tokens/${revoked}`)
    const listed = await callChecked(200, 'GET', `/service-accounts/${robot}/revoked-access-tokens?sort=-revoked-at`)
    assertMembers(resourceByType.get('revoked-access-tokens') as Resource, listed.json.data[0])
    await callChecked(200, 'GET', `/revoked-access-tokens/${revoked}?include=created-by`)
    await callChecked(200, 'GET', `/revoked-access-tokens/${revoked}/activity`)
    await callChecked(200, 'GET', '/revoked-access-tokens?filter[name]=like:a&query=a')
    const counts = await callChecked(200, 'GET', '/verdict-counts?filter[outcome]=good')
    assertMembers(resourceByType.get('verdict-counts') as Resource, counts.json.data[0])
  })
})

test('every operation that requires authentication succeeded, with a documented response', () => {
  const missing = allOperations.filter(({ id }) => !answered.has(id))
  assert.deepEqual(
    missing.map(({ id }) => id),
    [],
  )
})

test('the served document is the committed one, and valid OpenAPI 3.0', async () => {
  const served = await everything.call('GET', '/openapi-public.yml', { token: null })
  assert.equal(served.status, 200)
  const { valid, errors } = await new Validator().validate(JSON.parse(served.text))
  assert.ok(valid, JSON.stringify(errors))
})

function pathOf(resource: Resource, id: string): string {
  const show = operationsOf(resource).find(({ name }) => name === 'show') as Operation
  return show.path
    .replace(`{${resource.param}}`, id)
    .replace(/\{(\w+)\}/g, (_, param: string) => everything.ids[`${param.replaceAll('_', '-')}s`] ?? '')
}

function listPath(resource: Resource): string {
  if (resource.type === 'access-tokens') return `/service-accounts/${everything.ids['service-accounts']}/access-tokens`
  return operationsOf(resource).find(({ kind }) => kind === 'list')?.path ?? ''
}

async function twoMembers(type: string): Promise<[string, string]> {
  if (type === 'users') {
    const people = await everything.call('GET', '/users?page[size]=2')
    return people.json.data.map(({ id }: { id: string }) => id)
  }
  return [(await everything.create(type)).json.data.id, (await everything.create(type)).json.data.id]
}

/** The declared attributes are present, and no others. */
function assertMembers(
  resource: Resource,
  object: { attributes: object; relationships: object },
  mayOmitRelations = false,
): void {
  const shown = Object.entries(resource.attributes).filter(([, { writeOnly }]) => !writeOnly)
  const expected = shown
    .filter(([name, { shownOnce }]) => !shownOnce || kebab(name) in object.attributes)
    .map(([name]) => kebab(name))
  assert.deepEqual(Object.keys(object.attributes).toSorted(), expected.toSorted())
  const related = Object.keys(resource.relations)
    .filter((name) => !resource.relations[name]?.writeOnly)
    .map(kebab)
  const given = Object.keys(object.relationships)
  if (mayOmitRelations) assert.ok(given.every((name) => related.includes(name)))
  else assert.deepEqual(given.toSorted(), related.toSorted())
}

function assertEcho(
  resource: Resource,
  sent: Record<string, unknown>,
  { attributes }: { attributes: Record<string, unknown> },
): void {
  for (const [name, value] of Object.entries(sent)) {
    if (resource.attributes[camel(name)]?.writeOnly) continue
    const attribute = `${resource.type}.${name}`
    assert.deepEqual(
      attributes[name],
      intentionalDifferences[attribute] ? intentionalDifferences[attribute](value) : value,
      attribute,
    )
  }
}

function assertLinked(
  sent: Record<string, { data: unknown }>,
  { relationships }: { relationships: Record<string, { data: unknown }> },
): void {
  for (const [name, { data }] of Object.entries(sent)) assert.deepEqual(relationships[name]?.data, data, name)
}

type Shown = { type: string; id: string; attributes: Record<string, unknown>; relationships: object }

function assertSame(one: Shown, other: Shown): void {
  const still = ({ type, id, attributes, relationships }: Shown) => ({
    type,
    id,
    attributes: Object.fromEntries(Object.entries(attributes).filter(([name]) => !volatile.has(name))),
    relationships,
  })
  assert.deepEqual(still(other), still(one))
}

const sameIdentifier = (one: unknown, other: Shown) => {
  const { type, id } = one as { type: string; id: string }
  return type === other.type && id === other.id
}
