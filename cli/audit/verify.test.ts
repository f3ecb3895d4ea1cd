import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { machine, startAuthority } from '../../journeys/kit.ts'
import { emptyFolder, mintmark } from '../run-mintmark.ts'

/** A store with a few sealed rows. */
async function sealed(t: TestContext) {
  const data = emptyFolder(t)
  const authority = await startAuthority(t, { store: { file: join(data, 'mintmark.db') } })
  await machine(authority, 'ci')
  await authority.app.flush()
  const verify = (...flags: string[]) => mintmark(t, ['audit', 'verify', '--data', data, ...flags])
  return { ...authority, verify }
}

test('audit verify finds an untouched log whole', async (t) => {
  const { verify, prepared } = await sealed(t)
  const { code, stdout, stderr } = await verify()
  assert.deepEqual([code, stderr], [0, ''])
  assert.match(stdout, new RegExp(`^ACCOUNT +ROWS +VERDICT\\n${prepared.account} +\\d+ +holds\\n$`))
  const json = await verify('--json')
  const { holds, chains } = JSON.parse(json.stdout)
  assert.deepEqual([json.code, holds, chains[0].broken, chains[0].accountId], [0, true, null, prepared.account])
})

test('audit verify names the first row that was altered, and exits 1', async (t) => {
  const { verify, prepared, database } = await sealed(t)
  await database.write((db) =>
    db.updateTable('auditEvents').set({ action: 'nothing.happened' }).where('position', '>', 1).execute(),
  )
  const { code, stdout, stderr } = await verify()
  assert.equal(code, 1)
  assert.match(stdout, /broken at row 2: row \S+ was altered\n$/)
  assert.match(
    stderr,
    new RegExp(
      `^mintmark: the audit log does not hold: account ${prepared.account}, row 2: row \\S+ was altered\\nNext: `,
    ),
  )
  const json = await verify('--json')
  assert.equal(json.code, 1)
  assert.deepEqual([JSON.parse(json.stdout).holds, JSON.parse(json.stdout).chains[0].broken.position], [false, 2])
})

test('audit verify finds a row that was removed', async (t) => {
  const { verify, database } = await sealed(t)
  await database.write((db) => db.deleteFrom('auditEvents').where('position', '=', 2).execute())
  const { code, stdout } = await verify()
  assert.equal(code, 1)
  assert.match(stdout, /broken at row 2: a row was removed\n$/)
})

test('where there is no store there is nothing to verify, and none is made', async (t) => {
  const folder = emptyFolder(t)
  const { code, stdout, stderr } = await mintmark(t, ['audit', 'verify'], { folder })
  assert.deepEqual([code, stdout], [2, ''])
  assert.match(stderr, /^mintmark: --data: there is no store in \S+\n$/)
  assert.equal(existsSync(join(folder, 'data')), false)
})
