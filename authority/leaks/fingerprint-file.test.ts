import assert from 'node:assert/strict'
import { test } from 'node:test'
import { measureAgain, turnMillisecondsMax } from '../../testing/event-loop/turn-cpu.ts'
import { machine, startAuthority } from '../../testing/kit.ts'
import { insertTokens } from '../../testing/many-tokens.ts'
import { stores } from '../../testing/stores.ts'

for (const [name, store] of Object.entries(stores))
  test(`a fingerprint file contains the tokens of the accounts only, and does not block the event loop (${name})`, async (t) => {
    const authority = await startAuthority(t, { store: await store(t) })
    const { call, prepared, database } = authority
    const { id: owner } = await machine(authority, 'ci')
    await insertTokens(database, { owner, account: prepared.account, count: 5_000 })
    await insertTokens(database, { owner: 'sa-elsewhere', account: 'acc-elsewhere', count: 15_000, prefix: 'other' })
    const { value, longest } = await measureAgain(() => call('GET', '/leaks/fingerprints'))
    assert.equal(value.status, 200, value.text)
    const [head = '', ...lines] = value.text.trim().split('\n')
    assert.match(head, /count=5002$/)
    assert.equal(new Set(lines).size, 5_002)
    assert.deepEqual(lines, lines.toSorted())
    assert.ok(longest <= turnMillisecondsMax, `${longest} ms of CPU in one turn`)
  })
