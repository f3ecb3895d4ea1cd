import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { mintmark, startWithCli } from '../../testing/cli/run-mintmark.ts'
import { machine, startAuthority } from '../../testing/kit.ts'
import { temporaryFolder } from '../../testing/temporary-folder.ts'

test('leaks report revokes the tokens in a file without authentication, and does not disclose which were valid', async (t) => {
  const authority = await startAuthority(t)
  const address = await authority.app.server.listen({ port: 0, host: '127.0.0.1' })
  const ci = await machine(authority, 'ci')
  const folder = temporaryFolder(t)
  const file = join(folder, 'found.txt')
  writeFileSync(file, `export A=${ci.token}\nexport B=${ci.token}\nand ${ci.token.slice(0, -5)}AAAAA\n`)
  const environment = { MINTMARK_HOST: address }
  const done = await mintmark(t, ['leaks', 'report', file, '--repository', 'org/repo', '--path', 'a.sh'], {
    environment,
  })
  assert.deepEqual([done.code, done.stderr], [0, ''])
  assert.match(done.stdout, /^Reported 2 tokens\./)
  assert.equal((await authority.call('GET', '/ping', { token: ci.token })).status, 401)
  const [{ attributes }] = (await authority.call('GET', '/leak-reports')).json.data
  assert.partialDeepStrictEqual(attributes, { source: 'holder', repository: 'org/repo', path: 'a.sh' })
  assert.deepEqual(
    (await mintmark(t, ['leaks', 'report', file, '--json'], { environment })).stdout,
    '{\n  "received": 2\n}\n',
  )
})

test('leaks report fails for a file without tokens and for a missing file', async (t) => {
  const folder = temporaryFolder(t)
  const empty = join(folder, 'empty.txt')
  writeFileSync(empty, 'nothing here')
  assert.deepEqual(await mintmark(t, ['leaks', 'report', empty]), {
    code: 1,
    stdout: '',
    stderr: `mintmark: ${empty} contains no tokens\n`,
  })
  assert.equal((await mintmark(t, ['leaks', 'report', join(folder, 'gone.txt')])).code, 2)
})

test('a leak report is assigned by email address, noted, resolved and reopened', async (t) => {
  const { run, ...authority } = await startWithCli(t)
  const { call, prepared } = authority
  const { token } = await machine(authority, 'ci')
  const headers = { 'content-type': 'application/json' }
  await call('POST', '/leaks/report', { token: null, body: { tokens: [token] }, headers })
  const [{ id }] = (await call('GET', '/leak-reports')).json.data
  const { email } = (await call('GET', `/users?filter[account]=${prepared.account}`)).json.data[0].attributes
  const json = async (...args: readonly string[]) => {
    const { code, stdout, stderr } = await run([...args, '--json'])
    assert.equal(code, 0, stderr)
    return JSON.parse(stdout)
  }
  const resolved = await json('leaks', 'update', id, '--assignee', email, '--resolution', 'revoked')
  assert.deepEqual([resolved.state, resolved['assignee-email']], ['resolved', email])
  await json('leaks', 'add-note', id, '--text', 'Rotated.')
  const [{ text, 'author-email': author }] = await json('leak-note', 'list', '--leak-report', id)
  assert.deepEqual([text, author], ['Rotated.', email])
  const listed = await json('leaks', 'list', '--state', 'resolved', '--assignee', email)
  assert.deepEqual([listed.length, (await json('leaks', 'list', '--state', 'open')).length], [1, 0])
  const reopened = await json('leaks', 'update', id, '--resolution', '', '--assignee', '')
  assert.deepEqual([reopened.state, reopened.resolution, reopened['assignee-email']], ['open', null, null])
})
