import assert from 'node:assert/strict'
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { mintmark, startMintmark } from '../../testing/cli/run-mintmark.ts'
import { temporaryFolder } from '../../testing/temporary-folder.ts'

test('init initializes an empty folder and prints account, owner and token; a second init is wrong usage', async (t) => {
  const folder = temporaryFolder(t)
  const first = await mintmark(t, ['init', '--account-name', 'ops', '--email', 'ops@example.com'], { folder })
  assert.deepEqual([first.code, first.stderr], [0, ''])
  assert.match(
    first.stdout,
    /^Account {2}acc-\S+\nOwner {4}ops@example\.com \(user-\S+\)\nToken {4}eyJ\S+\n {9}Save it now.*\nExpires {2}\d{4}-.* UTC\n/,
  )
  assert.match(first.stdout, /Next steps:\n {2}mintmark serve\n/)
  assert.equal(statSync(join(folder, 'data', 'mintmark.db')).mode & 0o777, 0o600)
  const again = await mintmark(t, ['init'], { folder })
  assert.deepEqual(again, { code: 2, stdout: '', stderr: 'mintmark: the database is already initialized\n' })
})

test('init --json prints only account, user and a valid token', async (t) => {
  const folder = temporaryFolder(t)
  const { code, stdout } = await mintmark(t, ['init', '--json', '--account-id', 'acc-mine', '--data', 'store'], {
    folder,
  })
  assert.equal(code, 0)
  const made = JSON.parse(stdout)
  assert.deepEqual(Object.keys(made), ['account', 'user', 'token', 'expires-at'])
  assert.equal(made.account, 'acc-mine')
  const kept = readdirSync(join(folder, 'store')).map((name) => readFileSync(join(folder, 'store', name), 'latin1'))
  assert.ok(kept.every((text) => !text.includes(made.token)))

  const serving = startMintmark(t, ['serve', '--port', '0', '--data', 'store'], { folder })
  const MINTMARK_HOST = /http:\S+/.exec(await serving.printed(/is listening on/))?.[0] ?? ''
  const who = await mintmark(t, ['whoami', '--json'], { environment: { MINTMARK_HOST, MINTMARK_TOKEN: made.token } })
  assert.equal(JSON.parse(who.stdout).owner.id, made.user)
})

test('the first token expires after 7 days, or as --expires-in says', async (t) => {
  const day = 86_400_000
  for (const [flags, days] of [
    [[], 7],
    [['--expires-in', '12h'], 0.5],
  ] as const) {
    const { stdout } = await mintmark(t, ['init', '--json', ...flags])
    const left = Date.parse(JSON.parse(stdout)['expires-at']) - Date.now()
    assert.ok(left > (days - 0.01) * day && left <= days * day, stdout)
  }
  const { stdout } = await mintmark(t, ['init', '--json', '--expires-in', 'never'])
  assert.equal(JSON.parse(stdout)['expires-at'], null)
})

const people = {
  data: [
    { type: 'accounts', id: 'acc-old', attributes: { name: 'old' } },
    { type: 'users', id: 'user-a', attributes: { email: 'a@example.com' } },
    { type: 'users', id: 'user-b', attributes: { email: 'b@example.com' } },
    { type: 'service-accounts', id: 'sa-old', attributes: { name: 'old' } },
  ],
}

test('init --from keeps IDs, and --email selects the owner', async (t) => {
  const folder = temporaryFolder(t)
  writeFileSync(join(folder, 'resources.json'), JSON.stringify(people))
  const args = ['init', '--from', 'resources.json', '--email', 'b@example.com', '--json']
  const { code, stdout, stderr } = await mintmark(t, args, { folder })
  assert.equal(code, 0, stderr)
  const { account, user } = JSON.parse(stdout)
  assert.deepEqual([account, user], ['acc-old', 'user-b'])
})

test('init --from accepts a byte order mark, and reports the offset of the first byte that is not UTF-8', async (t) => {
  const folder = temporaryFolder(t)
  const text = JSON.stringify({
    data: [...people.data, { type: 'teams', id: 'team-x', attributes: { name: 'Jürgen' } }],
  })
  const args = ['init', '--from', 'resources.json', '--email', 'b@example.com', '--json']
  const offset = text.indexOf('ü')
  for (const [bytes, says] of [
    [Buffer.from(text, 'latin1'), `expected UTF-8, found byte 0xfc at offset ${offset} (line 1)`],
    [Buffer.from(`\ufeff${text}`, 'utf16le'), 'expected UTF-8, found UTF-16 (byte order mark at offset 0)'],
  ] as const) {
    writeFileSync(join(folder, 'resources.json'), bytes)
    const refused = await mintmark(t, args, { folder })
    assert.deepEqual(refused, { code: 2, stdout: '', stderr: `mintmark: --from: resources.json: ${says}\n` })
  }
  writeFileSync(join(folder, 'resources.json'), `\ufeff${text}`)
  const { code, stderr } = await mintmark(t, args, { folder })
  assert.deepEqual([code, stderr], [0, ''])
})

test('init --from reports what it cannot import and leaves the database empty', async (t) => {
  const folder = temporaryFolder(t)
  const dangling = {
    type: 'access-policies',
    id: 'ap-1',
    relationships: {
      account: { data: { type: 'accounts', id: 'acc-old' } },
      user: { data: { type: 'users', id: 'user-nobody' } },
      roles: { data: [{ type: 'roles', id: 'role-t67mjtmd93j62hg' }] },
    },
  }
  writeFileSync(join(folder, 'dangling.json'), JSON.stringify({ data: [...people.data, dangling] }))
  writeFileSync(join(folder, 'broken.json'), '{"data":')
  for (const [file, says] of [
    ['dangling.json', /user-nobody/],
    ['broken.json', /broken\.json is not valid JSON/],
    ['absent.json', /absent\.json cannot be read \(ENOENT\)/],
  ] as const) {
    const { code, stdout, stderr } = await mintmark(t, ['init', '--from', file], { folder })
    assert.deepEqual([code, stdout, stderr.split('\n').length], [2, '', 2], stderr)
    assert.match(stderr, says)
  }
  assert.equal((await mintmark(t, ['init'], { folder })).code, 0)
})

test('an invalid value or folder gives one line and exit code 2', async (t) => {
  const folder = temporaryFolder(t)
  writeFileSync(join(folder, 'file'), '')
  for (const args of [
    ['--account-id', 'mine'],
    ['--email', 'nobody'],
    ['--account-name', ' '],
    ['--data', 'file/below'],
    ['--database', 'mysql://a'],
  ]) {
    const { code, stdout, stderr } = await mintmark(t, ['init', ...args], { folder })
    assert.deepEqual([code, stdout, stderr.split('\n').length], [2, '', 2], stderr)
  }
})

test('MINTMARK_DATA sets the data folder', async (t) => {
  const folder = temporaryFolder(t)
  const environment = { MINTMARK_DATA: join(folder, 'elsewhere') }
  assert.equal((await mintmark(t, ['init'], { folder, environment })).code, 0)
  assert.deepEqual(
    [existsSync(join(folder, 'elsewhere', 'mintmark.db')), existsSync(join(folder, 'data'))],
    [true, false],
  )
})
