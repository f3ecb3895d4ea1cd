/** Pages and counts of long lists, on both databases. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { limits } from '@mintmark/contract'
import { eventually } from '../../testing/eventually.ts'
import { type Authority, machine, startAuthority } from '../../testing/kit.ts'
import { insertTokens } from '../../testing/many-tokens.ts'
import { rawSql } from '../../testing/raw-sql.ts'
import { stores } from '../../testing/stores.ts'

interface Row {
  readonly id: string
  readonly [name: string]: string | null
}

/** All rows of a list, read by following `next-page`. */
async function rowsOf({ call }: Authority, path: string): Promise<Row[]> {
  const rows: Row[] = []
  for (let page: number | null = 1; page; ) {
    const { status, text, json } = await call('GET', `${path}&page[size]=7&page[number]=${page}`)
    assert.equal(status, 200, text)
    rows.push(...json.data.map(({ id, attributes }: { id: string; attributes: object }) => ({ ...attributes, id })))
    page = json.meta.pagination['next-page']
  }
  return rows
}

/** Unset values last, except that a token without a last use was used the longest time ago; then by creation and ID. */
function sorted(rows: readonly Row[], key: string, isDescending: boolean): string[] {
  const sign = isDescending ? -1 : 1
  const compare = (one: Row, other: Row, name: string) => {
    const [a = null, b = null] = [one[name], other[name]]
    if (a === b) return 0
    if (a === null || b === null) return (a === null) === (name === 'last-used-at' && !isDescending) ? -1 : 1
    return (a < b ? -1 : 1) * sign
  }
  return rows
    .toSorted(
      (one, other) => compare(one, other, key) || compare(one, other, 'created-at') || compare(one, other, 'id'),
    )
    .map(({ id }) => id)
}

for (const [kind, store] of Object.entries(stores))
  describe(kind, () => {
    test('pages in any order contain every token once, with unset values last, or first if they are the earliest', async (t) => {
      const authority = await startAuthority(t, { store: await store(t) })
      const { id } = await machine(authority, 'many')
      const { account } = authority.prepared
      await insertTokens(authority.database, { owner: id, account, count: 20 })
      await insertTokens(authority.database, {
        owner: authority.prepared.user,
        ownerKind: 'user',
        account: null,
        count: 12,
        prefix: 'person',
      })
      await rawSql(
        authority.database,
        `update access_tokens set last_used_at = '2029-01-01T00:00:00.000Z', expires_at = '2031-01-0' || substr(id, length(id), 1) || 'T00:00:00.000Z'
          where substr(id, length(id), 1) in ('1', '3', '5', '8')`,
      )
      for (const [path, keys] of [
        [`/service-accounts/${id}/access-tokens?`, ['name', 'created-at', 'expires-at', 'last-used-at']],
        [
          // Without the calling token, whose last use changes.
          '/reports/access-tokens?filter[name]=like:job',
          ['name', 'created-at', 'expires-at', 'last-used-at', 'owner-email', 'owner-status', 'owner-type'],
        ],
      ] as const) {
        const all = await rowsOf(authority, path)
        assert.ok(all.length >= 21)
        for (const key of keys)
          for (const isDescending of [false, true]) {
            const rows = await rowsOf(authority, `${path}&sort=${isDescending ? '-' : ''}${key}`)
            assert.deepEqual(
              rows.map((row) => row.id),
              sorted(all, key, isDescending),
              `${path} ${key} ${isDescending}`,
            )
          }
      }
    })

    test('no order or filter of the token report contains tokens of another account', async (t) => {
      const authority = await startAuthority(t, { store: await store(t) })
      const at = '2030-01-01T00:00:00.000Z'
      await rawSql(
        authority.database,
        `insert into accounts (id, name, allowed_ips, allowed_ipv6, support_access_enabled, created_at)
         values ('acc-x', 'other', '[]', '[]', 0, '${at}')`,
      )
      const ids = new Map<string, string>()
      for (const status of ['Active', 'Inactive'])
        for (const account of ['acc-x', authority.prepared.account]) {
          const owner = `sa-${status}-${account}`
          await rawSql(
            authority.database,
            `insert into service_accounts (id, account_id, name, email, status, created_at)
             values ('${owner}', '${account}', '${owner}', '${owner}@mintmark.internal', '${status}', '${at}')`,
          )
          await insertTokens(authority.database, { owner, account, count: 1, prefix: `${owner}-` })
          if (account !== 'acc-x') ids.set(status, `at-${owner}-000000`)
        }
      const keys = ['name', 'created-at', 'owner-email', 'owner-status', 'owner-type']
      for (const sort of ['', ...keys.flatMap((key) => [`sort=${key}&`, `sort=-${key}&`])])
        for (const status of ['Active', 'Inactive', 'in:Inactive,Pending', 'like:active']) {
          const path = `/reports/access-tokens?${sort}filter[owner-type]=service-account&filter[owner-status]=${status}`
          const found = (await rowsOf(authority, path)).map(({ id }) => id)
          const expected = status.startsWith('like:')
            ? [...ids.values()]
            : [ids.get(status === 'Active' ? status : 'Inactive')]
          assert.deepEqual(found.toSorted(), expected.toSorted(), path)
        }
    })

    test('a long list is counted up to the current page, and exactly on the last one and after it', async (t) => {
      const authority = await startAuthority(t, { store: await store(t), reconcileMilliseconds: 3_600_000 })
      const { id } = await machine(authority, 'many')
      const count = limits.countedRows + 250
      await insertTokens(authority.database, { owner: id, account: authority.prepared.account, count })
      const pagination = async (page: number) =>
        (
          await authority.call(
            'GET',
            `/reports/access-tokens?filter[name]=like:job&page[size]=100&page[number]=${page}`,
          )
        ).json.meta.pagination
      const [first, near, last, beyond] = [1, 102, 103, 500]
      const atLeast = await pagination(first)
      assert.deepEqual([atLeast['total-count'], atLeast['next-page']], [limits.countedRows + 1, 2])
      const later = await pagination(near)
      assert.deepEqual([later['total-count'], later['next-page']], [102 * 100 + 1, 103])
      const end = await pagination(last)
      assert.deepEqual([end['total-count'], end['next-page'], end['total-pages']], [count, null, 103])
      const after = await pagination(beyond)
      assert.deepEqual([after['total-count'], after['next-page']], [count, null])
      await eventually('the replica has all tokens', async () => {
        const { json } = await authority.call('GET', `/service-accounts/${id}/access-tokens`)
        return json.meta.pagination['total-count'] === count + 1 || undefined
      })
      const other = await machine(authority, 'other')
      const { account } = authority.prepared
      await insertTokens(authority.database, { owner: other.id, account, count: 9, prefix: 'other' })
      const names = async (query: string) => {
        const { json } = await authority.call('GET', `/service-accounts/${id}/access-tokens?page[size]=3&${query}`)
        return json.data.map((each: { attributes: { name: string } }) => each.attributes.name)
      }
      assert.deepEqual(await names('sort=-name&filter[name]=like:job'), ['job 9999', 'job 9998', 'job 9997'])
      assert.deepEqual(await names('sort=name&filter[name]=like:job'), ['job 0', 'job 1', 'job 10'])
      assert.deepEqual(await names('filter[name]=job 7'), ['job 7'])
    })

    test('the events of an account are counted by its chain, sealed or not', async (t) => {
      const authority = await startAuthority(t, { store: await store(t) })
      const { account } = authority.prepared
      const total = async () => (await authority.call('GET', '/audit-events')).json.meta.pagination['total-count']
      const stored = await rawSql(
        authority.database,
        `select count(*) as n from audit_events where account_id = '${account}'`,
      )
      const { n } = stored[0] as { n: number }
      assert.equal(await total(), n)
      await rawSql(
        authority.database,
        `insert into audit_events (id, account_id, action, at, actor_type, subject_type, times)
         values ('ae-unsealed', '${account}', 'x.y', '2030-01-01T00:00:00.000Z', 'users', 'users', 1)`,
      )
      assert.equal(await total(), n + 1)
    })
  })
