import assert from 'node:assert/strict'
import { copyFileSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { eventually } from '../../testing/eventually.ts'
import { document, startAuthority } from '../../testing/kit.ts'
import { temporaryFolder } from '../../testing/temporary-folder.ts'
import { openDatabase } from '../database/database.ts'

const plenty = { free: 500_000_000, total: 1_000_000_000 }

/** Without `room`, uses the free space of the real disk. */
async function started(t: TestContext, room?: { free: number; total: number }) {
  const file = join(temporaryFolder(t), 'data', 'mintmark.db')
  const authority = await startAuthority(t, {
    store: { file, busyMilliseconds: 20, ...(room ? { room: () => room } : {}) },
  })
  const { call } = authority
  const made = await call('POST', '/service-accounts', { body: document('service-accounts', { name: 'ci' }) })
  const path = `/service-accounts/${made.json.data.id}/access-tokens`
  const create = () => call('POST', path, { body: document('access-tokens', { name: 'one' }) })
  const ready = async () => (await call('GET', '/readyz', { token: null })).status
  return { ...authority, file, create, ready }
}

const untilLogged = (log: readonly string[], says: RegExp) =>
  eventually(`the log says ${says}`, async () => (log.some((line) => says.test(line)) ? true : undefined))

for (const [what, happen] of [
  ['deleted', (folder: string) => renameSync(folder, `${folder}.elsewhere`)],
  [
    'replaced by a copy',
    (folder: string) => {
      const file = join(folder, 'mintmark.db')
      renameSync(file, `${file}.elsewhere`)
      copyFileSync(`${file}.elsewhere`, file)
    },
  ],
] as const) {
  test(`once its data is ${what}, a server refuses writes, is not ready and logs an error`, async (t) => {
    const { call, create, ready, file, log } = await started(t)
    const minted = await create()
    assert.deepEqual([minted.status, await ready()], [201, 200])
    happen(join(file, '..'))
    await untilLogged(
      log,
      /"level":50.*"reason":".*(?:deleted or moved|replaced by another file).*the storage has a problem/,
    )
    const refused = await create()
    assert.equal(refused.status, 503, refused.text)
    assert.equal((await call('DELETE', `/access-tokens/${minted.json.data.id}`)).status, 503)
    assert.equal(await ready(), 503)
  })
}

test('tokens are refused while a replaced database file hides changes from the server', async (t) => {
  const { call, create, file, log } = await started(t)
  const token = (await create()).json.data.attributes.token
  const self = async () => (await call('GET', '/access-tokens/self', { token })).status
  assert.equal(await self(), 200)
  renameSync(file, `${file}.elsewhere`)
  copyFileSync(`${file}.elsewhere`, file)
  await untilLogged(log, /replaced by another file/)
  assert.equal(await self(), 503)
  rmSync(file)
  renameSync(`${file}.elsewhere`, file)
  await untilLogged(log, /the storage works again/)
  assert.equal(await self(), 200)
})

test('on a disk short of space nothing is created but tokens are revoked, and a full disk makes the server unready', async (t) => {
  const room = { ...plenty }
  const { call, create, ready, log } = await started(t, room)
  const [first, second] = [await create(), await create()]
  room.free = 50_000_000
  await untilLogged(log, /the disk is short of space/)
  const refused = await create()
  assert.equal(refused.status, 503)
  assert.match(refused.json.errors[0].detail, /short of space/)
  assert.equal((await call('DELETE', `/access-tokens/${first.json.data.id}`)).status, 204)
  assert.equal(await ready(), 200, 'verdicts and revocations are still served')
  room.free = 1_000_000
  assert.equal(await ready(), 503)
  assert.equal((await call('DELETE', `/access-tokens/${second.json.data.id}`)).status, 204)
  room.free = 500_000_000
  assert.deepEqual([(await create()).status, await ready()], [201, 200])
})

test('the readiness probe fails when a write fails', async (t) => {
  const { ready, file } = await started(t)
  assert.equal(await ready(), 200)
  // Another process that locks the file.
  const other = await openDatabase({ file })
  t.after(() => other.close())
  const { promise: held, resolve: release } = Promise.withResolvers<void>()
  const holding = other.write(() => held)
  await eventually('it is not ready', async () => ((await ready()) === 503 ? true : undefined))
  release()
  await holding
  assert.equal(await ready(), 200)
})
