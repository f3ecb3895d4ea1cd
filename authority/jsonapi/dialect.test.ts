/** The details of the JSON:API dialect of Scalr's API, on a real authority. */
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { accountA, accountB, type Everything, serviceAccount, startEverything } from '../../testing/everything.ts'
import { type Answer, document } from '../../testing/kit.ts'

const lifted: (() => unknown)[] = []
let everything: Everything
let environments: string[] = []

before(async () => {
  everything = await startEverything({ after: (end?: unknown) => void lifted.push(end as () => unknown) })
  for (let number = 1; number <= 25; number++) {
    const name = `place ${String(number).padStart(2, '0')}`
    const made = await everything.call('POST', '/environments', { body: document('environments', { name }) })
    environments = [...environments, made.json.data.id]
  }
})
after(async () => {
  for (const end of lifted.reverse()) await end()
})

const get = (path: string, token?: string) => everything.call('GET', path, token === undefined ? {} : { token })
const names = ({ json }: Answer): string[] =>
  json.data.map((each: { attributes: { name: string } }) => each.attributes.name)
const ids = ({ json }: Answer): string[] => json.data.map(({ id }: { id: string }) => id)

describe('pages', () => {
  test('a page has twenty entries by default, and pagination has six members', async () => {
    const page = await get('/environments?query=place')
    assert.equal(page.json.data.length, 20)
    assert.deepEqual(page.json.meta.pagination, {
      'current-page': 1,
      'page-size': 20,
      'prev-page': null,
      'next-page': 2,
      'total-pages': 2,
      'total-count': 25,
    })
  })

  test('the last page has no next page, and a page beyond the end is empty with the true count', async () => {
    const last = (await get('/environments?query=place&page[size]=10&page[number]=3')).json
    assert.deepEqual(
      [last.data.length, last.meta.pagination['next-page'], last.meta.pagination['prev-page']],
      [5, null, 2],
    )
    const past = await get('/environments?query=place&page[size]=10&page[number]=7')
    assert.equal(past.status, 200)
    assert.deepEqual(
      [past.json.data.length, past.json.meta.pagination['current-page'], past.json.meta.pagination['total-count']],
      [0, 7, 25],
    )
    assert.equal(past.json.meta.pagination['next-page'], null)
  })

  test('page sizes 99 and 100 are accepted, and larger ones become 100', async () => {
    for (const [requested, expected] of [
      [99, 99],
      [100, 100],
      [5000, 100],
    ])
      assert.equal((await get(`/environments?page[size]=${requested}`)).json.meta.pagination['page-size'], expected)
  })

  test("an invalid page is rejected with the parameter's name", async () => {
    for (const wrong of [
      'page[number]=0',
      'page[number]=-1',
      'page[size]=0',
      'page[size]=x',
      'page[number]=1e3',
      'page[number]=99999999999999999999',
    ]) {
      const refused = await get(`/environments?${wrong}`)
      assert.equal(refused.status, 400)
      assert.equal(refused.json.errors[0].source.parameter, wrong.split('=')[0])
    }
  })

  test('all pages together contain every entry once, in a stable order', async () => {
    const seen: string[] = []
    for (let page: number | null = 1; page; ) {
      const answer: Answer = await get(`/environments?query=place&page[size]=7&page[number]=${page}`)
      seen.push(...ids(answer))
      page = answer.json.meta.pagination['next-page']
    }
    assert.deepEqual(seen, environments)
  })
})

describe('filters', () => {
  test('plain values match exactly, in: matches any, like: matches substrings, and different keys are combined with AND', async () => {
    assert.deepEqual(names(await get('/environments?filter[name]=place 03')), ['place 03'])
    assert.deepEqual(names(await get('/environments?filter[name]=place')), [])
    assert.deepEqual(names(await get('/environments?filter[name]=in:place 03,place 05,nowhere')), [
      'place 03',
      'place 05',
    ])
    assert.equal((await get('/environments?filter[name]=like:PLACE 0')).json.data.length, 9)
    assert.deepEqual(names(await get(`/environments?filter[name]=like:place&filter[environment]=${environments[4]}`)), [
      'place 05',
    ])
    assert.deepEqual(names(await get(`/environments?filter[name]=place 03&filter[environment]=${environments[4]}`)), [])
  })

  test('percent and underscore in like: are literals, not wildcards', async () => {
    assert.deepEqual(names(await get('/environments?filter[name]=like:%25')), [])
    assert.deepEqual(names(await get('/environments?filter[name]=like:place_0')), [])
  })

  test('in:null finds unset values, before or after other values', async () => {
    const system = ['admin', 'minimal access', 'reader', 'user']
    assert.deepEqual(names(await get('/roles?filter[account]=null&sort=name')), system)
    for (const value of [`in:null,${accountA}`, `in:${accountA},null`]) {
      const found = names(await get(`/roles?filter[account]=${value}&page[size]=100`))
      assert.ok(system.every((name) => found.includes(name)) && found.length > system.length)
    }
    const user = await get(`/roles?filter[account]=in:null,${accountA}&filter[name]=user`)
    assert.deepEqual(ids(user), ['role-t67mjtmauajto7g'])
    assert.equal(user.json.data[0].attributes['is-system'], true)
    assert.equal(user.json.data[0].relationships.account.data, null)
  })

  test('an object is found by its name, even if the name looks like an operator', async () => {
    const odd = ['null', 'in:a,b', 'like:x', 'a,b', '-name', '%', '_', '__proto__', '1e3', ' x ', '..', 'true']
    for (const name of odd) {
      const made = await everything.call('POST', '/teams', { body: document('teams', { name }) })
      assert.equal(made.status, 201, made.text)
      const found = await get(`/teams?filter[name]=${encodeURIComponent(name)}`)
      assert.deepEqual(names(found), [name])
    }
  })

  test('variables of a workspace are found together with those of wider scopes', async () => {
    const { workspaces, environments: environment } = everything.ids as { workspaces: string; environments: string }
    const scopes = {
      wide: ['account', 'accounts', accountA],
      middle: ['environment', 'environments', environment],
      narrow: ['workspace', 'workspaces', workspaces],
    } as const
    for (const [key, [relation, type, id]] of Object.entries(scopes)) {
      const made = await everything.call('POST', '/vars?force=false&include=updated-by', {
        body: document('vars', { key, category: 'env' }, { [relation]: [type, id] }),
      })
      assert.equal(made.status, 201, made.text)
      const { account, environment: env, workspace } = made.json.data.relationships
      assert.deepEqual(
        [account.data?.id, env.data?.id ?? null, workspace.data?.id ?? null],
        [accountA, key === 'wide' ? null : environment, key === 'narrow' ? workspaces : null],
      )
      assert.equal(made.json.data.attributes.value, '')
      assert.equal(made.json.data.attributes.category, 'env')
    }
    const keys = async (query: string) =>
      (await get(`/vars?filter[key]=in:wide,middle,narrow&sort=key&${query}`)).json.data.map(
        (each: { attributes: { key: string } }) => each.attributes.key,
      )
    assert.deepEqual(await keys(`filter[account]=${accountA}`), ['middle', 'narrow', 'wide'])
    assert.deepEqual(
      await keys(
        `filter[account]=in:null,${accountA}&filter[workspace]=in:null,${workspaces}&filter[environment]=in:null,${environment}`,
      ),
      ['middle', 'narrow', 'wide'],
    )
    assert.deepEqual(await keys('filter[workspace]=null&filter[environment]=null'), ['wide'])
    assert.deepEqual(await keys(`filter[environment]=${environment}&filter[workspace]=null`), ['middle'])
  })

  test('an invalid ID in a filter finds nothing, and in a path returns 404', async () => {
    for (const odd of ['%00', '..', 'a b', '%F0%9F%98%80', "'--", 'in:', 'in:,', '%ED%A0%80', 'x'.repeat(300)]) {
      const filtered = await get(`/teams?filter[team]=${odd}`)
      assert.equal(filtered.status, 200, `${odd}: ${filtered.text}`)
      assert.deepEqual(filtered.json.data, [])
    }
    for (const odd of ['a%20b', '%F0%9F%98%80', "'--", 'team-', '__proto__', 'constructor'])
      assert.equal((await get(`/teams/${odd}`)).status, 404, odd)
  })

  test('the older nested form is accepted', async () => {
    assert.deepEqual(names(await get('/roles?filter[role][name]=reader')), ['reader'])
    assert.deepEqual(
      names(await get('/agent-pools?filter[agent-pool][name]=agent-pools-3')),
      names(await get('/agent-pools?filter[name]=agent-pools-3')),
    )
  })

  test('an unknown filter, sort key or include is rejected with its name; other parameters are ignored', async () => {
    for (const [wrong, parameter] of [
      ['filter[colour]=red', 'filter[colour]'],
      ['sort=colour', 'sort'],
      ['include=colour', 'include'],
      ['include=__proto__', 'include'],
      ['include=account.colour', 'include'],
    ]) {
      const refused = await get(`/teams?${wrong}`)
      assert.equal(refused.status, 400)
      assert.equal(refused.json.errors[0].source.parameter, parameter)
    }
    assert.equal((await get('/teams?colour=red&page[cursor]=1&Prefer=x')).status, 200)
  })

  test('a tag filter finds objects with any of the tags', async () => {
    const [one, two] = await Promise.all(
      ['red', 'blue'].map(
        async (name) =>
          (await everything.call('POST', '/tags', { body: document('tags', { name }) })).json.data.id as string,
      ),
    )
    const tag = (environment: string | undefined, id: string | undefined) =>
      everything.call('POST', `/environments/${environment}/relationships/tags`, {
        body: { data: [{ type: 'tags', id }] },
      })
    await tag(environments[0], one)
    await tag(environments[1], two)
    assert.deepEqual(names(await get(`/environments?filter[tag]=in:${one},${two}`)), ['place 01', 'place 02'])
    assert.deepEqual(names(await get(`/environments?filter[tag]=${two}`)), ['place 02'])
    assert.equal((await get('/tags?filter[name]=red')).json.data[0].attributes['in-use'], true)
  })
})

describe('search, sort, include', () => {
  test('query searches names, IDs, descriptions and addresses', async () => {
    assert.deepEqual(names(await get('/environments?query=PLACE 07')), ['place 07'])
    assert.deepEqual(ids(await get(`/environments?query=${environments[8]}`)), [environments[8]])
    assert.ok((await get('/service-accounts?query=For%20jobs')).json.data.length > 0)
    assert.equal((await get('/users?query=member@')).json.data.length, 1)
    assert.deepEqual((await get('/environments?query=%00')).json.data, [])
  })

  test('sort accepts both directions and several keys', async () => {
    const up = names(await get('/environments?query=place&sort=name&page[size]=100'))
    assert.deepEqual(up, up.toSorted())
    assert.deepEqual(names(await get('/environments?query=place&sort=-name&page[size]=100')), up.toReversed())
    assert.deepEqual(names(await get('/environments?query=place&sort=account,-name&page[size]=100')), up.toReversed())
  })

  test('included objects never refer back to each other, and each appears once', async () => {
    const team = everything.ids['teams'] as string
    const answer = await get(
      `/teams?filter[team]=${team}&include=users.teams,users.identity-providers,account,users.teams.users`,
    )
    const keys = answer.json.included.map(({ type, id }: { type: string; id: string }) => `${type} ${id}`)
    assert.equal(new Set(keys).size, keys.length)
    const member = answer.json.included.find(({ type }: { type: string }) => type === 'users')
    const edges = new Map<string, string[]>(
      answer.json.included.map(
        ({
          type,
          id,
          relationships,
        }: {
          type: string
          id: string
          relationships: Record<string, { data: unknown }>
        }) => [
          `${type} ${id}`,
          Object.values(relationships)
            .flatMap(({ data }) => data ?? [])
            .map((each) => `${(each as { type: string }).type} ${(each as { id: string }).id}`)
            .filter((key) => keys.includes(key)),
        ],
      ),
    )
    assert.ok(member)
    const walk = (key: string, way: string[]): void => {
      assert.ok(!way.includes(key), `a circle: ${[...way, key].join(' → ')}`)
      for (const next of edges.get(key) ?? []) walk(next, [...way, key])
    }
    for (const key of keys) walk(key, [])
  })

  test('a user lists the teams and a team the users, but not both when both are included', async () => {
    const users = await get(`/users?filter[user]=${everything.ids['users']}&include=teams`)
    const [included] = users.json.included ?? []
    if (included) assert.equal(included.type, 'teams')
    assert.deepEqual(Object.keys(users.json.data[0].relationships).toSorted(), ['identity-providers', 'teams'])
  })

  test('included is absent unless requested, and present even if empty', async () => {
    assert.equal('included' in (await get('/teams')).json, false)
    assert.deepEqual(
      (await get(`/environments?filter[environment]=${environments[0]}&include=tags,created-by`)).json.included.map(
        ({ type }: { type: string }) => type,
      ),
      ['tags'],
    )
    assert.deepEqual((await get('/environments?filter[name]=nowhere&include=tags')).json.included, [])
  })

  test('objects that the caller may not see are not included', async () => {
    const role = await everything.call('POST', '/roles', {
      body: document('roles', { name: 'only teams' }, { permissions: [['permissions', 'teams:read']] }),
    })
    const narrow = await serviceAccount(everything.authority, accountA, 'only-teams', role.json.data.id, [
      'account',
      'accounts',
      accountA,
    ])
    const answer = await get('/teams?include=users,account,identity-provider', narrow)
    assert.deepEqual(
      new Set(answer.json.included.map(({ type }: { type: string }) => type)),
      new Set(['identity-providers']),
    )
  })
})

describe('writes', () => {
  test('absent members keep their value, null and [] clear it', async () => {
    const { users } = everything.ids
    const team = await everything.call('POST', '/teams?include=identity-provider', {
      body: document('teams', { name: 'keepers', description: 'kept' }, { users: [['users', users as string]] }),
    })
    assert.equal(team.json.included[0].attributes['idp-type'], 'scalr')
    const path = `/teams/${team.json.data.id}`
    const kept = await everything.call('PATCH', path, { body: document('teams', { name: 'keepers 2' }) })
    assert.deepEqual(
      [kept.json.data.attributes.description, kept.json.data.relationships.users.data.length],
      ['kept', 1],
    )
    const cleared = await everything.call('PATCH', path, {
      body: document('teams', { description: null }, { users: [] }),
    })
    assert.deepEqual(
      [cleared.json.data.attributes.description, cleared.json.data.relationships.users.data.length],
      [null, 0],
    )
  })

  test('unknown attributes, relationships and query parameters of a write are ignored', async () => {
    const body = document(
      'workspaces',
      { name: 'tolerant', var_files: null, 'cost-estimation-enabled': true },
      { environment: ['environments', environments[0] as string], colour: ['colours', 'red'] },
    )
    const made = await everything.call('POST', '/workspaces?page[size]=100&page[number]=1&x=y', { body: body })
    assert.equal(made.status, 201, made.text)
    const path = `/workspaces/${made.json.data.id}`
    const v1 = document(
      'workspaces',
      { 'vcs-repo': null, terragrunt: null, 'run-operation-timeout': null, var_files: null },
      { 'vcs-provider': null, 'agent-pool': null, 'module-version': null },
    )
    assert.equal((await everything.call('PATCH', path, { body: v1 })).status, 200)
    assert.equal(
      (
        await everything.call('DELETE', `${path}?page[size]=100`, {
          headers: { 'content-type': 'application/vnd.api+json' },
        })
      ).status,
      204,
    )
  })

  test('an unknown account, relationship or member is reported with the documented titles and pointers', async () => {
    const cases: [
      method: string,
      path: string,
      body: unknown,
      title: string,
      detail: string,
      pointer: string | undefined,
    ][] = [
      [
        'POST',
        '/tags',
        document('tags', { name: 'x' }, { account: ['accounts', 'acc-nowhere'] }),
        'Invalid Relationship',
        "Account with ID 'acc-nowhere' not found or user unauthorized.",
        '/data/relationships/account',
      ],
      [
        'POST',
        '/tags',
        document('tags', { name: 'x' }, { account: ['accounts', accountB] }),
        'Invalid Relationship',
        `Account with ID '${accountB}' not found or user unauthorized.`,
        '/data/relationships/account',
      ],
      [
        'POST',
        '/workspaces',
        document('workspaces', { name: 'x' }, { environment: ['environments', 'env-no'] }),
        'Invalid Relationship',
        "Environment with ID 'env-no' not found or user unauthorized.",
        '/data/relationships/environment',
      ],
      [
        'PATCH',
        `/teams/${everything.ids['teams']}`,
        document('teams', {}, { users: [['users', 'user-no']] }),
        'Invalid Relationship',
        "Relationship 'users' with ID 'user-no' not found or user unauthorized.",
        '/data/relationships/users',
      ],
      [
        'POST',
        '/roles',
        document(
          'roles',
          { name: 'r' },
          {
            permissions: [
              ['permissions', 'teams:read'],
              ['permissions', 'teams:fly'],
            ],
          },
        ),
        'Invalid Relationship',
        "Relationship 'permissions' with ID 'teams:fly' not found or user unauthorized.",
        '/data/relationships/permissions',
      ],
      [
        'POST',
        '/environments',
        document('environments', { name: 'x' }, { tags: [['tags', 'tag-no']] }),
        'Invalid Relationship',
        "Relationship 'tags' with ID 'tag-no' not found or user unauthorized.",
        '/data/relationships/tags',
      ],
      [
        'DELETE',
        `/workspaces/${everything.ids['workspaces']}/relationships/tags`,
        { data: [{ type: 'tags', id: 'tag-no' }] },
        'Validation Error',
        "Tag with ID 'tag-no' not found or user unauthorized.",
        undefined,
      ],
      [
        'PATCH',
        `/agent-pools/${everything.ids['agent-pools']}`,
        document('agent-pools', {}, { workspaces: [['workspaces', 'ws-no']] }),
        'Invalid Relationship',
        "Relationship 'workspaces' with ID 'ws-no' not found or user unauthorized.",
        '/data/relationships/workspaces',
      ],
    ]
    for (const [method, path, body, title, detail, pointer] of cases) {
      const refused = await everything.call(method, path, { body })
      assert.equal(refused.status, 404, refused.text)
      const [error] = refused.json.errors
      assert.deepEqual(
        [error.status, error.title, error.detail, error.source?.pointer],
        ['404', title, detail, pointer],
      )
      assert.equal(typeof error.code, 'string')
    }
  })

  test('an invalid attribute returns 422 with its pointer and the wording that clients know', async () => {
    const cases: [path: string, body: unknown, detail: string, pointer: string][] = [
      ['/tags', document('tags', { name: ' ' }), 'Name cannot be empty.', '/data/attributes/name'],
      ['/tags', document('tags', {}), 'Name cannot be empty.', '/data/attributes/name'],
      [
        '/service-accounts',
        document('service-accounts', { name: '' }),
        'Service account name can not be empty.',
        '/data/attributes/name',
      ],
    ]
    for (const [path, body, detail, pointer] of cases) {
      const refused = await everything.call('POST', path, { body })
      assert.equal(refused.status, 422)
      assert.deepEqual(
        [refused.json.errors[0].title, refused.json.errors[0].detail, refused.json.errors[0].source.pointer],
        ['Invalid Attribute', detail, pointer],
      )
    }
    for (const name of ['a!', 'a/b', '!'])
      assert.equal((await everything.call('POST', '/tags', { body: document('tags', { name }) })).status, 422)
    const ips = ['10.0.0.0/8', '10.0.0.1/8', '2001:0db8:0000:0000:0000:8a2e:0370:7334', '1.2.3', '1.2.3.4']
    const refused = await everything.call('PATCH', `/accounts/${accountA}`, {
      body: document('accounts', { 'allowed-ips': ips }),
    })
    assert.equal(refused.status, 422)
    assert.deepEqual(
      refused.json.errors.map((each: { detail: string; source: { pointer: string } }) => [
        each.detail,
        each.source.pointer,
      ]),
      [1, 2, 3].map((n) => ['value is not a valid IPv4 network', `/data/attributes/allowed-ips/${n}`]),
    )
  })

  test('a plain address is returned as a network of one address, in the order sent', async () => {
    const ips = ['192.0.2.7', '10.0.0.0/8', '127.0.0.1/32']
    const set = await everything.call('PATCH', `/accounts/${accountA}`, {
      body: document('accounts', { 'allowed-ips': ips }),
    })
    assert.deepEqual(set.json.data.attributes['allowed-ips'], ['192.0.2.7/32', '10.0.0.0/8', '127.0.0.1/32'])
    await everything.call('PATCH', `/accounts/${accountA}`, { body: document('accounts', { 'allowed-ips': [] }) })
  })

  test('system roles and duplicate names are refused', async () => {
    assert.equal(
      (await everything.call('PATCH', '/roles/role-t67mjtmabulckto', { body: document('roles', { name: 'mine' }) }))
        .status,
      403,
    )
    assert.equal((await everything.call('DELETE', '/roles/role-t67mjtmabulckto')).status, 403)
    for (const [path, type] of [
      ['/tags', 'tags'],
      ['/teams', 'teams'],
      ['/roles', 'roles'],
      ['/environments', 'environments'],
    ] as const) {
      const body = document(type, { name: 'twice' })
      assert.equal((await everything.call('POST', path, { body })).status, 201)
      const taken = await everything.call('POST', path, { body })
      assert.deepEqual([taken.status, taken.json.errors[0].source.pointer], [422, '/data/attributes/name'])
    }
    const used = await everything.call('DELETE', `/roles/${everything.ids['roles']}`)
    assert.equal(used.status, 409)
  })

  test('deleting an object in use succeeds where clients rely on it', async () => {
    const environment = (
      await everything.call('POST', '/environments', {
        body: document('environments', { name: 'doomed' }, { tags: [['tags', everything.ids['tags'] as string]] }),
      })
    ).json.data.id
    await everything.call('POST', '/workspaces', {
      body: document(
        'workspaces',
        { name: 'inside', 'deletion-protection-enabled': true },
        { environment: ['environments', environment] },
      ),
    })
    assert.equal((await everything.call('DELETE', `/environments/${environment}`)).status, 204)
    assert.deepEqual((await get('/workspaces?filter[name]=inside')).json.data, [])
  })
})

test('responses are JSON:API, never cached, with a request ID, and times are UTC with a Z', async () => {
  const answer = await get(`/environments/${environments[0]}`)
  assert.equal(answer.headers['content-type'], 'application/vnd.api+json')
  assert.equal(answer.headers['cache-control'], 'no-store')
  assert.match(String(answer.headers['x-request-id']), /^req-/)
  assert.match(answer.json.data.attributes['created-at'], /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/)
  assert.match(answer.json.data.id, /^env-[0-9a-v]{17}$/)
})

test('discovery and the document require no authentication, and accept a token', async () => {
  const given: Record<string, string>[] = [{}, { authorization: 'Bearer nonsense' }]
  for (const headers of given) {
    const discovery = await everything.call('GET', '/.well-known/terraform.json', { token: null, headers })
    assert.deepEqual(
      [discovery.status, discovery.headers['content-type'], discovery.json['iacp.v3']],
      [200, 'application/json', '/api/iacp/v3/'],
    )
    assert.equal((await everything.call('GET', '/openapi-public.yml', { token: null, headers })).status, 200)
    assert.equal((await everything.call('GET', '/healthz', { token: null, headers })).status, 200)
    assert.equal((await everything.call('GET', '/readyz', { token: null, headers })).status, 200)
  }
})
