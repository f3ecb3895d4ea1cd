import assert from 'node:assert/strict'
import { test } from 'node:test'
import { kebab } from '@mintmark/contract'
import { document, machine, startAuthority } from '../../../testing/kit.ts'
import { insertTokens } from '../../../testing/many-tokens.ts'
import { rawSql } from '../../../testing/raw-sql.ts'
import { stores } from '../../../testing/stores.ts'
import { fixedWorld } from '../../world.ts'

const report = '/reports/access-tokens?page[size]=100&query=&'

for (const [name, store] of Object.entries(stores)) {
  test(`the report finds tokens without a limit whose owner can manage access, also if there are many (${name})`, async (t) => {
    const authority = await startAuthority(t, { store: await store(t) })
    const { call, database, prepared } = authority
    const scope = ['accounts', prepared.account] as const
    const create = async (owner: string, tokenName: string, limit: object = {}) =>
      call('POST', `/service-accounts/${owner}/access-tokens`, {
        body: document('access-tokens', { name: tokenName, ...limit }),
      })
    const admin = await machine(authority, 'admin', { permissions: ['workspaces:*'], scope })
    const updater = await machine(authority, 'updater', { permissions: ['*:update'], scope })
    const reader = await machine(authority, 'reader', { permissions: ['*:read', 'tags:*'], scope })
    for (const { id } of [admin, updater, reader]) {
      await create(id, `all ${id}`)
      await create(id, `permissions ${id}`, { permissions: ['tags:update'] })
      await create(id, `scopes ${id}`, { scopes: [prepared.account] })
    }
    const listed = async (filters: string, token = prepared.token, sort = 'name') => {
      const { status, json } = await call('GET', `${report}${filters}&sort=${sort}`, { token })
      assert.equal(status, 200)
      return json.data.map(({ attributes }: { attributes: Record<string, string> }) => attributes['name'])
    }
    const found = [`all ${admin.id}`, `all ${updater.id}`].toSorted()
    const all = (names: readonly string[]) => names.filter((each) => each?.startsWith('all'))
    assert.deepEqual(all(await listed('filter[is-over-privileged]=true')), found)
    const others = await listed('filter[is-over-privileged]=false')
    assert.deepEqual(all(others), [`all ${reader.id}`])
    assert.equal(others.filter((each: string) => /^(?:permissions|scopes)/.test(each)).length, 6)
    const blind = await machine(authority, 'blind', { permissions: ['access-tokens:read'], scope })
    assert.deepEqual(await listed('filter[is-over-privileged]=true', blind.token), [])
    await insertTokens(database, { owner: admin.id, account: prepared.account, count: 1_500 })
    for (const sort of ['name', '-createdAt', 'ownerEmail', 'ownerStatus'])
      for (const state of ['', '&filter[is-expired]=false'])
        assert.equal((await listed(`filter[is-over-privileged]=true${state}`, prepared.token, kebab(sort))).length, 100)
    assert.deepEqual(all(await listed('filter[is-over-privileged]=true')), found)
  })

  test(`an export has the tokens of the list, with each filter by owner (${name})`, async (t) => {
    const authority = await startAuthority(t, { store: await store(t) })
    const { call, prepared } = authority
    const scope = ['accounts', prepared.account] as const
    const { id } = await machine(authority, 'inactive', { permissions: ['roles:*'], scope })
    const body = document('service-accounts', { status: 'Inactive' })
    assert.equal((await call('PATCH', `/service-accounts/${id}`, { body })).status, 200)
    for (const filter of [
      'owner-status]=Inactive',
      `owner-id]=${id}`,
      'is-over-privileged]=true&filter[owner-status]=Inactive',
    ]) {
      const listed = (await call('GET', `${report}filter[${filter}`)).json.data
      const exported = (await call('GET', `${report}format=csv&filter[${filter}`)).text.trim().split('\r\n')
      assert.deepEqual([listed.length, exported.length - 1], [1, 1], filter)
      assert.match(exported[1] ?? '', new RegExp(listed[0].id))
    }
  })

  test(`the token report of a kind of finding lists the tokens with this finding (${name})`, async (t) => {
    const world = fixedWorld('2030-01-01T00:00:00Z')
    const authority = await startAuthority(t, { world, store: await store(t) })
    const { call } = authority
    const { id, token } = await machine(authority, 'deploy')
    const create = async (tokenName: string, days?: number) =>
      (
        await call('POST', `/service-accounts/${id}/access-tokens`, {
          body: document('access-tokens', { name: tokenName, ...(days ? { 'expires-in': days * 1440 } : {}) }),
        })
      ).json.data.id as string
    await create('short', 100)
    await create('long', 300)
    await create('endless')
    const rotated = await create('rotated')
    await call('POST', `/access-tokens/${rotated}/actions/rotate`, {
      body: { 'expires-in': 300 * 1440, overlap: 40_000 },
      headers: { 'content-type': 'application/json' },
    })
    for (const at of ['2030-01-01T00:00:00Z', '2030-04-05T00:00:00Z', '2030-04-20T00:00:00Z']) {
      world.set(at)
      await call('GET', '/ping', { token })
      await authority.app.flush()
      for (const kind of ['token-expiring', 'token-unused', 'token-without-expiry']) {
        const findings = (await call('GET', `/findings?filter[kind]=${kind}&page[size]=100`)).json
        const listed = (await call('GET', `${report}filter[finding]=${kind}`)).json
        assert.deepEqual(
          listed.data.map((each: { id: string }) => each.id).toSorted(),
          findings.data.map((each: { attributes: Record<string, string> }) => each.attributes['subject-id']).toSorted(),
          `${kind} at ${at}`,
        )
      }
    }
    const both = (await call('GET', `${report}filter[finding]=in:token-unused,token-without-expiry`)).json.data
    assert.equal(new Set(both.map((each: { id: string }) => each.id)).size, both.length)
    assert.deepEqual((await call('GET', `${report}filter[finding]=token-leaked`)).json.data, [])
  })

  test(`the token report can be filtered by use and expiry, also if many tokens match (${name})`, async (t) => {
    const world = fixedWorld('2030-06-01T00:00:00Z')
    const authority = await startAuthority(t, { world, store: await store(t) })
    const { call, database, prepared } = authority
    const { id } = await machine(authority, 'deploy')
    await insertTokens(database, { owner: id, account: prepared.account, count: 1_500 })
    const few: readonly (readonly [tokenName: string, lastUsed: string | null, expires: string | null])[] = [
      ['used lately', '2030-05-31T00:00:00.000Z', '2030-06-02T00:00:00.000Z'],
      ['used long ago', '2030-01-01T00:00:00.000Z', '2031-01-01T00:00:00.000Z'],
      ['expired', '2030-01-01T00:00:00.000Z', '2030-05-01T00:00:00.000Z'],
      ['endless', '2030-05-31T00:00:00.000Z', null],
    ]
    const text = (value: string | null) => (value === null ? 'null' : `'${value}'`)
    for (const [at, [tokenName, lastUsed, expires]] of few.entries())
      await rawSql(
        database,
        `update access_tokens set name = 'x ${tokenName}', last_used_at = ${text(lastUsed)}, expires_at = ${text(expires)} where id = 'at-many00000${at}'`,
      )
    const named = async (filters: string, sort: string) => {
      const names = new Set<string>()
      for (let page = 1; ; page++) {
        const { json } = await call(
          'GET',
          `${report}filter[owner-id]=${id}&${filters}&sort=${sort}&page[number]=${page}`,
        )
        for (const { attributes } of json.data) names.add(attributes.name)
        if (json.meta.pagination['next-page'] === null) break
      }
      return {
        special: [...names]
          .filter((each) => each?.startsWith('x '))
          .map((each) => each.slice(2))
          .toSorted(),
        all: names.size,
      }
    }
    const jobs = 1_500 - few.length
    for (const sort of ['name', '-last-used-at', 'expires-at']) {
      const found = (filters: string) => named(filters, sort)
      assert.deepEqual(await found('filter[expires-within-days]=30'), { special: ['used lately'], all: 1 })
      assert.deepEqual(await found('filter[has-expiry]=true'), {
        special: ['expired', 'used lately', 'used long ago'],
        all: 3,
      })
      assert.deepEqual(await found('filter[has-expiry]=false'), { special: ['endless'], all: jobs + 2 })
      assert.deepEqual((await found('filter[is-used]=false')).special, [])
      assert.equal((await found('filter[is-used]=true')).all, few.length)
      assert.deepEqual(await found('filter[unused-for-days]=90'), {
        special: ['expired', 'used long ago'],
        all: jobs + 2,
      })
      assert.deepEqual((await found('filter[unused-for-days]=90&filter[is-expired]=false')).special, ['used long ago'])
    }
  })
}

test('a number of days that is none is rejected by name', async (t) => {
  const { call } = await startAuthority(t)
  for (const value of ['0', '-1', '1.5', '3651', 'in:1,2', 'like:1', 'soon', '']) {
    const refused = await call('GET', `${report}filter[unused-for-days]=${value}`)
    assert.equal(refused.status, 400, value)
    assert.deepEqual(refused.json.errors[0].source, { parameter: 'filter[unused-for-days]' })
  }
})

test('service accounts can be filtered by access policies and owners', async (t) => {
  const authority = await startAuthority(t)
  const { call, prepared } = authority
  await machine(authority, 'bare')
  await machine(authority, 'reader', { permissions: ['*:read'], scope: ['accounts', prepared.account] })
  const owned = await machine(authority, 'owned')
  const team = (await call('POST', '/teams', { body: document('teams', { name: 'Platform' }) })).json.data
  await call('PATCH', `/service-accounts/${owned.id}`, {
    body: document('service-accounts', {}, { owners: [['teams', team.id]] }),
  })
  const named = async (filter: string) =>
    (await call('GET', `/service-accounts?filter${filter}&sort=name`)).json.data.map(
      (each: { attributes: { name: string } }) => each.attributes.name,
    )
  assert.deepEqual(await named('[has-access-policies]=true'), ['reader'])
  assert.deepEqual(await named('[has-access-policies]=false'), ['bare', 'owned'])
  assert.deepEqual(await named('[has-owners]=true'), ['owned'])
  assert.deepEqual(await named('[has-owners]=false'), ['bare', 'reader'])
})
