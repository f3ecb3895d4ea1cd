import assert from 'node:assert/strict'
import { test } from 'node:test'
import { measureAgain } from '../../testing/event-loop/turn-cpu.ts'
import { document, machine, startAuthority } from '../../testing/kit.ts'
import { rawSql } from '../../testing/raw-sql.ts'
import { stores } from '../../testing/stores.ts'

const turnMilliseconds = 20
const plainJson = { 'content-type': 'application/json' }

for (const [name, store] of Object.entries(stores))
  test(`a report of 300 live tokens revokes each, in turns of at most 20 ms (${name})`, async (t) => {
    const gitlabToken = 'shared-with-gitlab'
    const authority = await startAuthority(t, { store: await store(t), gitlabToken, reportMilliseconds: 60_000 })
    const { call, database, prepared } = authority
    const owners = await Promise.all(
      ['a', 'b', 'c'].map((each) =>
        machine(authority, each, { permissions: ['teams:read'], scope: ['accounts', prepared.account] }),
      ),
    )
    const hook = document('webhooks', { url: 'https://hooks.example.com/x' })
    assert.equal((await call('POST', '/webhooks', { body: hook })).status, 201)
    const mintOne = async (at: number) => {
      const path = `/service-accounts/${owners[at % 3]?.id}/access-tokens`
      const { json } = await call('POST', path, { body: document('access-tokens', { name: 'leaked' }) })
      return json.data.attributes.token as string
    }
    let reported: string[] = []
    const { longest } = await measureAgain(async () => {
      reported = []
      for (let at = 0; at < 300; at += 50)
        reported.push(...(await Promise.all(Array.from({ length: 50 }, (_, more) => mintOne(at + more)))))
      const body = reported.map((token, at) => ({
        type: 'gitleaks_rule_id_mintmark-token',
        token,
        location: `https://gitlab.example.com/${at}`,
      }))
      const headers = { authorization: gitlabToken, ...plainJson }
      assert.equal((await call('POST', '/v1/revoke_tokens', { token: null, body, headers })).status, 204)
    }, turnMilliseconds)
    assert.ok(longest <= turnMilliseconds, `${longest} ms of CPU in one turn`)
    const wrong = await rawSql(
      database,
      `select t.id from access_tokens t where t.name = 'leaked' and (t.revoked_at is null
          or (select count(*) from leak_reports r where r.token_id = t.id and r.action_taken = 'revoked') <> 1
          or (select count(*) from audit_events e where e.subject_id = t.id and e.action = 'access-tokens.deleted') <> 1
          or (select count(*) from notifications n join webhook_deliveries d on d.notification_id = n.id
               where n.subject_id = t.id and n.account_id = '${prepared.account}' and n.owner_id = t.owner_id) <> 1)`,
    )
    assert.deepEqual(wrong, [])
    const [first] = reported
    assert.equal((await call('GET', '/ping', { token: first as string })).status, 401)
  })
