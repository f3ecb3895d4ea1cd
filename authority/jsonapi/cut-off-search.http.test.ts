/** Searches of lists that are too long to be searched completely, on both databases. */
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { limits } from '@mintmark/contract'
import { type Authority, machine, startAuthority } from '../../testing/kit.ts'
import { insertTokens } from '../../testing/many-tokens.ts'
import { rawSql } from '../../testing/raw-sql.ts'
import { stores } from '../../testing/stores.ts'

const count = limits.searchedRows + 500
/** Of a token that is not among the first rows. */
const number = limits.searchedRows + 400
const six = String(number).padStart(6, '0')
const id = `at-many${six}`
const report = '/reports/access-tokens?page[size]=100&'

const rowsPerInsert = 10_000
const starts = Array.from({ length: Math.ceil(count / rowsPerInsert) }, (_, at) => at * rowsPerInsert)

const addEvents = (account: string, start: number) => `
  insert into audit_events (id, account_id, action, at, actor_type, actor_id, token_id, subject_type, subject_id, times, position, seal)
  with recursive numbers (i) as (select ${start + 1} union all select i + 1 from numbers where i < ${Math.min(count, start + rowsPerInsert)})
  select 'ae-' || i, '${account}', 'x.y', '2020-01-01T00:00:00.000Z', 'users', 'user-' || i, 'at-token' || i, 'tags', 'tag-' || i, 1,
         1000000 + i, '1:00' from numbers`

for (const [kind, store] of Object.entries(stores))
  describe(kind, () => {
    const lifted: (() => unknown)[] = []
    let authority: Authority
    let owner = ''
    before(async () => {
      const hooks = { after: (end?: unknown) => void lifted.push(end as () => unknown) }
      authority = await startAuthority(hooks, { store: await store(hooks), reconcileMilliseconds: 3_600_000 })
      const { account } = authority.prepared
      owner = (await machine(authority, 'many')).id
      await insertTokens(authority.database, { owner: 'sa-x', account: 'acc-x', count: 1, prefix: 'other' })
      for (const start of starts) {
        const slice = Math.min(rowsPerInsert, count - start)
        await insertTokens(authority.database, { owner, account, count: slice, start })
        await rawSql(authority.database, addEvents(account, start))
      }
    })
    after(async () => {
      for (const end of lifted.reverse()) await end()
    })

    const search = async (path: string, text: string) => {
      const { status, json } = await authority.call('GET', `${path}query=${encodeURIComponent(text)}`)
      assert.equal(status, 200)
      const ids: string[] = json.data.map((each: { id: string }) => each.id)
      return { ids, isComplete: json.meta.search?.['is-complete'] ?? true, pagination: json.meta.pagination, json }
    }

    test('a token is found by its ID or last six characters, wherever it is, with or without an ellipsis', async () => {
      for (const path of [report, `/service-accounts/${owner}/access-tokens?`])
        for (const text of [id, id.toUpperCase(), six, `…${six}`, `...${six}`])
          for (const sort of ['', 'sort=-name&', 'sort=expires-at&']) {
            const { ids, isComplete } = await search(path + sort, text)
            assert.deepEqual([ids, isComplete], [[id], false], `${path}${sort}${text}`)
          }
    })

    test('the first rows are searched in the order of the list, and names by their beginning', async () => {
      assert.deepEqual((await search(report, `ob ${number}`)).ids, [])
      for (const path of [`${report}sort=-created-at&`, `${report}sort=-expires-at,-name&`])
        assert.deepEqual((await search(path, `OB ${number}`)).ids, [id], path)
      const begun = await search(report, `job ${String(number).slice(0, 3)}`)
      assert.ok(begun.ids.includes(id))
      assert.deepEqual(begun.ids, [...new Set(begun.ids)].toSorted())
    })

    test('the response says that the search was cut off, and how many matches there are at least', async () => {
      const { json, pagination } = await search(report, 'job')
      assert.deepEqual(json.meta.search, { 'is-complete': false, 'searched-rows': limits.searchedRows })
      assert.equal(pagination['total-count'], limits.countedMatches + 1)
      const last = await search(`${report}page[number]=${pagination['total-pages']}&`, 'job')
      assert.deepEqual([last.ids.length, last.pagination['next-page']], [1, null])
    })

    test('a list that filters make short enough is searched completely', async () => {
      const found = await search(`${report}filter[name]=in:job ${number},job ${number - 1}&`, `ob ${number}`)
      assert.deepEqual([found.ids, found.isComplete], [[id], true])
    })

    test('tokens of other accounts and revoked ones are not found', async () => {
      assert.deepEqual((await search(report, 'at-other000000')).ids, [])
      assert.deepEqual((await search(report, '000000')).ids, ['at-many000000'])
      await rawSql(authority.database, `update access_tokens set revoked_at = created_at where id = 'at-many000007'`)
      for (const text of ['at-many000007', '000007']) assert.deepEqual((await search(report, text)).ids, [], text)
    })

    test('audit events are found by each ID', async () => {
      for (const text of [`ae-${number}`, `user-${number}`, `at-token${number}`, `tag-${number}`])
        for (const sort of ['', 'sort=action&']) {
          const { ids, isComplete } = await search(`/audit-events?${sort}`, text)
          assert.deepEqual([ids, isComplete], [[`ae-${number}`], false], text)
        }
    })
  })
