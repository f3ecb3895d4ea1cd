import assert from 'node:assert/strict'
import { test } from 'node:test'
import { document, machine, startAuthority } from '../../testing/kit.ts'
import { stores } from '../../testing/stores.ts'

for (const [name, store] of Object.entries(stores)) {
  test(`the events about a service account include its tokens and policies, also deleted ones (${name})`, async (t) => {
    const authority = await startAuthority(t, { store: await store(t) })
    const { call, prepared } = authority
    const granted = { permissions: ['teams:read'], scope: ['accounts', prepared.account] } as const
    const robot = await machine(authority, 'robot', granted)
    const other = await machine(authority, 'other', granted)
    const json = { 'content-type': 'application/json' }
    const [token] = (await call('GET', `/service-accounts/${robot.id}/access-tokens`)).json.data
    const path = `/access-tokens/${token.id}`
    await call('PATCH', path, { body: document('access-tokens', { description: 'Nightly.' }) })
    const rotated = await call('POST', `${path}/actions/rotate`, { body: { overlap: 5 }, headers: json })
    const { id: successor, attributes } = rotated.json.data
    await call('DELETE', path)
    await call('POST', '/leaks/report', { token: null, body: { tokens: [attributes.token] }, headers: json })
    const [policy] = (await call('GET', `/access-policies?filter[service-account]=${robot.id}`)).json.data
    assert.equal((await call('DELETE', `/access-policies/${policy.id}`)).status, 204)
    const about = async (id: string) =>
      (await call('GET', `/audit-events?filter[about]=${id}&sort=at&page[size]=100`)).json.data.map(
        ({ attributes: event }: { attributes: Record<string, string> }) => [event['action'], event['subject-id']],
      )
    const events = await about(robot.id)
    const leak = events.find(([action]: string[]) => action === 'leak-reports.taken')?.[1]
    assert.deepEqual(
      events.toSorted(),
      [
        ['service-accounts.created', robot.id],
        ['access-policies.created', policy.id],
        ['access-policies.deleted', policy.id],
        ['access-tokens.minted', token.id],
        ['access-tokens.updated', token.id],
        ['access-tokens.minted', successor],
        ['access-tokens.rotated', token.id],
        ['access-tokens.deleted', token.id],
        ['access-tokens.deleted', successor],
        ['leak-reports.taken', leak],
      ].toSorted(),
    )
    assert.equal((await about(other.id)).length, 3)
    const page = (await call('GET', `/audit-events?filter[about]=${robot.id}&sort=-at&page[size]=2&page[number]=2`))
      .json
    assert.deepEqual([page.data.length, page.meta.pagination['total-count']], [2, events.length])
  })
}
