import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { assertWrongUsage, type RunOptions, startWithCli, type WrongUsage } from '../../testing/cli/run-mintmark.ts'
import { document } from '../../testing/kit.ts'
import { temporaryFolder } from '../../testing/temporary-folder.ts'
import { nest, rawField, typedField } from './fields.ts'

async function started(t: TestContext) {
  const { run, ...authority } = await startWithCli(t)
  return { ...authority, run: (args: readonly string[], options?: RunOptions) => run(['api', ...args], options) }
}

test('a path is relative to the API, or with a leading slash to the server', async (t) => {
  const { run, prepared } = await started(t)
  for (const path of ['accounts', '/api/iacp/v3/accounts']) {
    const { code, stdout, stderr } = await run([path])
    assert.deepEqual([code, stderr, JSON.parse(stdout).data[0].id], [0, '', prepared.account])
  }
  assert.equal((await run(['/healthz'])).code, 0)
})

test('fields are the body of a POST request and the query of a GET request', async (t) => {
  const { run } = await started(t)
  for (const name of ['one', 'two'])
    assert.equal((await run(['teams', '-f', 'data[type]=teams', '-f', `data[attributes][name]=${name}`])).code, 0)
  const { stdout } = await run(['teams', '-X', 'GET', '-f', 'filter[name]=two'])
  assert.deepEqual(
    JSON.parse(stdout).data.map((each: { attributes: object }) => each.attributes),
    [{ name: 'two', description: null }],
  )
})

test('the body is read from a file or standard input', async (t) => {
  const { run } = await started(t)
  const folder = temporaryFolder(t)
  const body = (name: string) => JSON.stringify(document('teams', { name }))
  writeFileSync(join(folder, 'team.json'), body('file'))
  const fromFile = await run(['teams', '--input', 'team.json'], { folder })
  const fromInput = await run(['teams', '--input', '-'], { input: body('input') })
  const names = [fromFile, fromInput].map(({ stdout }) => JSON.parse(stdout).data.attributes.name)
  assert.deepEqual(names, ['file', 'input'])
})

test('--paginate reads all pages into one document', async (t) => {
  const { run, call } = await started(t)
  for (let each = 0; each < 5; each++)
    await call('POST', '/teams', { body: document('teams', { name: `team ${each}` }) })
  const { stdout } = await run(['teams?page[size]=2&sort=name', '--paginate'])
  const { data, ...rest } = JSON.parse(stdout)
  assert.deepEqual(rest, {})
  assert.deepEqual(
    data.map((each: { attributes: { name: string } }) => each.attributes.name),
    [0, 1, 2, 3, 4].map((each) => `team ${each}`),
  )
  const single = await run(['/healthz', '--paginate'])
  assert.equal(single.code, 2)
})

test('a refused request prints the response, reports the reason and exits with 1', async (t) => {
  const { run } = await started(t)
  const { code, stdout, stderr } = await run(['teams/team-none', '-i'])
  assert.equal(code, 1)
  assert.match(stdout, /^HTTP 404 Not Found\n(?:[\w-]+: .*\n)+\n\{/)
  assert.match(stderr, /^mintmark: refused: .*\(not-found\)\n/)
})

test('a response that is not JSON is printed unchanged, and a form is sent as one', async (t) => {
  const { run, prepared } = await started(t)
  const csv = await run(['reports/access-tokens?format=csv'])
  assert.match(csv.stdout, /^"id",.*\r\n"at-/)
  const folder = temporaryFolder(t)
  writeFileSync(join(folder, 'token'), prepared.token)
  const header = 'Content-Type: application/x-www-form-urlencoded'
  const { stdout } = await run(['/oauth/introspect', '-H', header, '-F', 'token=@token'], { folder })
  assert.equal(JSON.parse(stdout).active, true)
})

const wrong: WrongUsage = [
  [['https://other.example.com/teams'], /Expected a path, not a URL/],
  [['teams', '-X', 'BREW'], /Expected one of GET, HEAD, /],
  [['teams', '-H', 'Authorization: Bearer x'], /the token is not an option/],
  [['teams', '-H', 'nothing'], /--header: expected a name and a value/],
  [['teams', '-f', 'name'], /Expected a name and a value/],
  [['teams', '-f', 'a=1', '-f', 'a[b]=2'], /a\[b\]: expected the same structure/],
  [['teams', '-f', 'a[]=1', '-f', 'a[b]=2'], /a\[b\]: expected the same structure/],
  [['teams', '-f', 'a]=1'], /expected a name such as data/],
  [['teams', '-f', 'a=1', '--input', '-'], /--input cannot be used with --field/],
  [['teams', '-X', 'GET', '--input', '-'], /--input cannot be used with GET/],
  [['teams', '-X', 'POST', '--paginate'], /--paginate requires GET/],
  [['teams', '--input', 'absent'], /--input: absent cannot be read \(ENOENT\)/],
]

test('wrong usage gives one line on stderr and exit code 2, and sends no request', async (t) => {
  await assertWrongUsage(await started(t), wrong)
})

test('fields are nested by their names, and typed fields are values of JSON', () => {
  const fields = ['a[b][c]=1', 'a[b][d]=x=y', 'ids[]=1', 'ids[]=2', '__proto__[polluted]=1']
  assert.equal(
    JSON.stringify(nest(fields.map(rawField))),
    '{"a":{"b":{"c":"1","d":"x=y"}},"ids":["1","2"],"__proto__":{"polluted":"1"}}',
  )
  assert.equal(({} as { polluted?: unknown }).polluted, undefined)
  const typed = ['a=true', 'b=null', 'c=-12', 'd=1.5', 'e=', 'f=12345678901234567890'].map(typedField)
  assert.deepEqual(
    typed.map(({ value }) => value),
    [true, null, -12, '1.5', '', '12345678901234567890'],
  )
})
