import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { mintmark, mintmarkInThread } from '../../testing/cli/run-mintmark.ts'
import { machine, masterKeys, startAuthority } from '../../testing/kit.ts'
import { temporaryFolder } from '../../testing/temporary-folder.ts'

/** A database with a few sealed audit events. */
async function sealed(t: TestContext) {
  const data = temporaryFolder(t)
  const authority = await startAuthority(t, { store: { file: join(data, 'mintmark.db') } })
  await machine(authority, 'ci')
  await authority.app.flush()
  const environment = { MINTMARK_MASTER_KEY: Buffer.from(masterKeys.get(1) as Uint8Array).toString('base64') }
  const verifyWith = (given: Record<string, string>, ...flags: string[]) =>
    mintmarkInThread(t, ['audit', 'verify', '--data', data, ...flags], given)
  const verify = (...flags: string[]) => verifyWith(environment, ...flags)
  return { ...authority, verify, verifyWith }
}

test('audit verify succeeds for an unaltered log', async (t) => {
  const { verify, prepared } = await sealed(t)
  const { code, stdout, stderr } = await verify()
  assert.deepEqual([code, stderr], [0, ''])
  assert.match(
    stdout,
    new RegExp(
      `^ACCOUNT +EVENTS +RESULT\\n\\(none\\) +1 +intact\\n${prepared.account} +\\d+ +intact\\nHead: 1:1:[0-9a-f]{64}\\n$`,
    ),
  )
  const json = await verify('--json')
  const { holds, chains } = JSON.parse(json.stdout)
  assert.deepEqual([json.code, holds, chains[1].broken, chains[1].accountId], [0, true, null, prepared.account])
})

test('audit verify reports the first altered event and exits with 1', async (t) => {
  const { verify, prepared, database } = await sealed(t)
  await database.write((db) =>
    db.updateTable('auditEvents').set({ action: 'nothing.happened' }).where('position', '>', 1).execute(),
  )
  const { code, stdout, stderr } = await verify()
  assert.equal(code, 1)
  assert.match(stdout, /broken at event 2: row \S+ was altered\n/)
  assert.match(
    stderr,
    new RegExp(
      `^mintmark: the audit log was altered: account ${prepared.account}, event 2: row \\S+ was altered\\nNext: `,
    ),
  )
  const json = await verify('--json')
  assert.equal(json.code, 1)
  assert.deepEqual([JSON.parse(json.stdout).holds, JSON.parse(json.stdout).chains[1].broken.position], [false, 2])
})

test('audit verify finds a removed event', async (t) => {
  const { verify, database } = await sealed(t)
  await database.write((db) => db.deleteFrom('auditEvents').where('position', '=', 2).execute())
  const { code, stdout } = await verify()
  assert.equal(code, 1)
  assert.match(stdout, /broken at event 2: a row was deleted\n/)
})

test('audit verify --since fails if the log does not contain the given head', async (t) => {
  const { verify } = await sealed(t)
  const { head } = JSON.parse((await verify('--json')).stdout)
  assert.equal((await verify('--since', head)).code, 0)
  const other = await verify('--since', head.replace(/^1:/, '7:'))
  assert.equal(other.code, 1)
  assert.match(other.stderr, /the log does not contain the expected head/)
  const wrong = await verify('--since', 'yesterday')
  assert.deepEqual([wrong.code, wrong.stdout], [2, ''])
  assert.match(wrong.stderr, /^mintmark: --since: expected a head /)
})

test('audit verify reports a wrong master key instead of altered events, and creates no key', async (t) => {
  const { verifyWith } = await sealed(t)
  const other = await verifyWith({ MINTMARK_MASTER_KEY: Buffer.alloc(32, 1).toString('base64') })
  assert.equal(other.code, 2)
  assert.match(other.stderr, /the master key does not match this database/)
  const none = await verifyWith({})
  assert.equal(none.code, 2)
  assert.match(none.stderr, /^mintmark: --data: \S+master\.key is missing/)
})

test('audit verify without a database fails and creates none', async (t) => {
  const folder = temporaryFolder(t)
  const { code, stdout, stderr } = await mintmark(t, ['audit', 'verify'], { folder })
  assert.deepEqual([code, stdout], [2, ''])
  assert.match(stderr, /^mintmark: --data: there is no database in \S+\n$/)
  assert.equal(existsSync(join(folder, 'data')), false)
})
