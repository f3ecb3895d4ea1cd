import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { type TestContext, test } from 'node:test'
import { mintmarkInThread } from '../../testing/cli/run-mintmark.ts'
import { document, machine, startAuthority } from '../../testing/kit.ts'

async function started(t: TestContext) {
  const authority = await startAuthority(t)
  const address = await authority.app.server.listen({ port: 0, host: '127.0.0.1' })
  const run = (args: readonly string[], { token = authority.prepared.token, host = address } = {}) =>
    mintmarkInThread(t, args, { MINTMARK_HOST: host, MINTMARK_TOKEN: token })
  const isGood = async (token: string) => (await authority.call('GET', '/ping', { token })).status === 200
  return { ...authority, address, run, isGood }
}

test('mint prints a valid token with its ID and expiry', async (t) => {
  const { run, isGood } = await started(t)
  const { code, stdout, stderr } = await run(['token', 'mint', '--name', 'laptop', '--expires-in', '12h'])
  assert.deepEqual([code, stderr], [0, ''])
  assert.match(
    stdout,
    /^Token {4}eyJ\S+\n {9}Save it now; it won't be shown again\.\nID {7}at-\S+\nExpires {2}\d{4}-.* UTC\n$/,
  )
  assert.ok(await isGood(/eyJ\S+/.exec(stdout)?.[0] ?? ''))
})

test('mint --json prints the token with its attributes', async (t) => {
  const { run, prepared, isGood } = await started(t)
  const { code, stdout } = await run([
    ...['token', 'mint', '--name', 'narrow', '--description', 'for tests', '--expires-in', '1d', '--json'],
    ...['--permission', 'tags:read', '--permission', 'tags:create', '--scope', prepared.account],
  ])
  assert.equal(code, 0)
  const minted = JSON.parse(stdout)
  assert.ok(await isGood(minted.token))
  assert.deepEqual(
    [minted.name, minted.description, minted['expires-in'], minted.permissions, minted.scopes],
    ['narrow', 'for tests', 1440, ['tags:read', 'tags:create'], [prepared.account]],
  )
})

test('mint --quiet prints only the token', async (t) => {
  const { run, isGood } = await started(t)
  const { code, stdout } = await run(['token', 'mint', '--quiet'])
  assert.equal(code, 0)
  assert.match(stdout, /^eyJ\S+\n$/)
  assert.ok(await isGood(stdout.trim()))
})

const minutesUntil = (time: string) => (Date.parse(time) - Date.now()) / 60_000

test('mint without --expires-in creates a token that expires after 30 days', async (t) => {
  const { run } = await started(t)
  const { stderr, stdout } = await run(['token', 'mint', '--json'])
  assert.equal(stderr, '')
  assert.equal(JSON.parse(stdout)['expires-in'], 43_200)
})

test('mint --expires-in never creates a token without expiry and warns about it', async (t) => {
  const { run } = await started(t)
  const { code, stderr, stdout } = await run(['token', 'create', '--expires-in', 'never', '--json'])
  assert.deepEqual([code, JSON.parse(stdout)['expires-at']], [0, null])
  assert.match(stderr, /^mintmark: This token never expires\. .*\n$/)
})

test('the default lifetime is shortened to the life of the calling token, a requested lifetime is refused', async (t) => {
  const { run } = await started(t)
  const { token } = JSON.parse((await run(['token', 'mint', '--expires-in', '2d', '--json'])).stdout)
  const shortened = await run(['token', 'mint', '--json'], { token })
  assert.equal(shortened.code, 0, shortened.stderr)
  const left = minutesUntil(JSON.parse(shortened.stdout)['expires-at'])
  assert.ok(left > 2_875 && left < 2_880, String(left))
  assert.match(shortened.stderr, /^mintmark: This token expires 2\S+ \S+ UTC instead of in 30 days, because .*\n$/)
  const requested = await run(['token', 'mint', '--expires-in', '3d'], { token })
  assert.deepEqual([requested.code, requested.stdout], [1, ''])
  assert.match(requested.stderr, /Next: Choose a shorter lifetime with --expires-in\.\n$/)
})

test('a lifetime that the security rules do not allow is refused with advice', async (t) => {
  const { run, call } = await started(t)
  const body = document('security-rules', { 'max-personal-token-lifetime': 60 })
  assert.equal((await call('PATCH', '/security-rules', { body })).status, 200)
  const { code, stderr } = await run(['token', 'mint'])
  assert.equal(code, 1)
  assert.match(stderr, /at most 60 minutes.*\nNext: Choose a shorter lifetime with --expires-in\.\n$/)
})

test('mint and list accept a service account by name or ID', async (t) => {
  const authority = await started(t)
  const { run } = authority
  const ci = await machine(authority, 'ci')
  for (const name of ['ci', ci.id]) {
    const minted = await run(['token', 'mint', '--service-account', name, '--name', `for ${name}`, '--json'])
    assert.equal(minted.code, 0, minted.stderr)
    const listed = await run(['token', 'list', '--service-account', name, '--json'])
    assert.ok(JSON.parse(listed.stdout).some(({ id }: { id: string }) => id === JSON.parse(minted.stdout).id))
  }
  const table = await run(['token', 'list', '--service-account', 'ci'])
  assert.match(table.stdout, /^ID {2,}NAME {2,}LAST CHARACTERS {2}CREATED {2,}EXPIRES {2,}LAST USED\nat-/)
  assert.equal(table.stdout.trimEnd().split('\n').length, 4)
})

test("an unknown name fails, also if it has the API's search syntax", async (t) => {
  const authority = await started(t)
  await machine(authority, 'ci')
  for (const name of ['nobody', 'like:c', 'in:ci']) {
    const { code, stdout, stderr } = await authority.run(['token', 'list', '--service-account', name])
    assert.deepEqual([code, stdout], [1, ''])
    assert.equal(stderr, `mintmark: no service account is named ${name}, or this token has no access to it\n`)
  }
})

test("list prints the caller's tokens without secrets", async (t) => {
  const { run, prepared } = await started(t)
  const table = await run(['token', 'list'])
  assert.equal(table.code, 0)
  assert.match(
    table.stdout,
    new RegExp(`^ID .*\\nat-\\S+ +first token +${prepared.token.slice(-6)} .* never +(never|2.*UTC)\\n$`),
  )
  const json = await run(['token', 'list', '--json'])
  const [only, ...others] = JSON.parse(json.stdout)
  assert.deepEqual([only.name, others.length, 'token' in only], ['first token', 0, false])
})

test('list and report select tokens by expiry, also with --limit', async (t) => {
  const authority = await started(t)
  const { run } = authority
  await machine(authority, 'ci')
  for (const [name, lifetime] of [
    ['week', '7d'],
    ['month', '30d'],
  ] as const)
    await run(['token', 'mint', '--name', name, '--expires-in', lifetime])
  const names = async (...args: string[]) => {
    const { stdout, stderr } = await run(['token', ...args, '--json', 'name'])
    assert.equal(stderr, '')
    return JSON.parse(stdout).map(({ name }: { name: string }) => name)
  }
  assert.deepEqual(await names('list', '--expiring', '14d'), ['week'])
  assert.deepEqual(await names('list', '--no-expiry'), ['first token'])
  assert.deepEqual(await names('list', '--expired'), [])
  assert.deepEqual((await names('list', '--unused', '1m')).length, 0)
  assert.deepEqual(await names('report', '--no-expiry', '--owner-type', 'service-account'), ['test'])
  assert.deepEqual(await names('report', '--expiring', '60d', '--sort', '-name', '--limit', '1'), ['week'])
  const table = await run(['token', 'report', '--expiring', '14d'])
  assert.match(table.stdout, /^ID +NAME +LAST CHARACTERS +OWNER EMAIL +OWNER STATUS +EXPIRES +LAST USED\nat-\S+ +week /)
})

test('show prints a token by ID, or the calling token', async (t) => {
  const { run } = await started(t)
  const self = await run(['token', 'show', 'self', '--json'])
  assert.equal(self.code, 0)
  const { id, name } = JSON.parse(self.stdout)
  assert.equal(name, 'first token')
  const shown = await run(['token', 'show', id])
  assert.equal(shown.code, 0)
  assert.match(shown.stdout, new RegExp(`^ID +${id}\\nName +first token\\n`))
  assert.match(shown.stdout, /Permissions +all of its owner's\n/)
})

test('uses lists denied and rejected requests beside the uses, also of a revoked token', async (t) => {
  const { run, call, app } = await started(t)
  const body = document('access-tokens', { name: 'reader', permissions: ['environments:read'] })
  const { id, attributes } = (await call('POST', '/access-tokens', { body })).json.data
  const { token } = attributes
  await call('GET', '/environments', { token })
  await call('GET', '/teams', { token })
  await app.flush()
  const countsIn = ({ stdout }: { stdout: string }) =>
    JSON.parse(stdout)
      .map((use: Record<string, unknown>) => Object.values(use))
      .toSorted()
  const fields = ['--json', 'operation,times,denied,rejected']
  const denied = ['get_teams', 1, 1, 0]
  assert.deepEqual(countsIn(await run(['token', 'uses', id, ...fields])), [denied, ['list_environments', 1, 0, 0]])
  await call('DELETE', `/access-tokens/${id}`)
  await call('GET', '/environments', { token })
  await app.flush()
  const revoked = await run(['token', 'uses', id, '--revoked', ...fields])
  assert.deepEqual(countsIn(revoked), [denied, ['list_environments', 1, 0, 1]])
  assert.equal((await run(['token', 'uses', id])).code, 1)
})

test('a deleted token is refused immediately, and its users get advice', async (t) => {
  const { run } = await started(t)
  const minted = JSON.parse((await run(['token', 'mint', '--json'])).stdout)
  const deleted = await run(['token', 'delete', minted.id, '--yes'])
  assert.deepEqual([deleted.code, deleted.stdout], [0, `Deleted ${minted.id}. Requests that use it now fail.\n`])
  const used = await run(['token', 'list'], { token: minted.token })
  assert.equal(used.code, 1)
  assert.match(
    used.stderr,
    /^mintmark: refused: This token was revoked\..*\(token-revoked\)\nNext: Run mintmark auth login, or create a token .*\n$/,
  )
  const again = await run(['token', 'delete', minted.id, '--yes'])
  assert.equal(again.code, 1)
  assert.match(again.stderr, /\(not-found\)\nNext: It does not exist, or this token has no access to it\./)
})

test('delete without --yes is wrong usage outside of a terminal, and --dry-run deletes nothing', async (t) => {
  const { run, isGood } = await started(t)
  const { id, token } = JSON.parse((await run(['token', 'mint', '--name', 'kept', '--json'])).stdout)
  const unconfirmed = await run(['token', 'delete', id])
  assert.deepEqual([unconfirmed.code, unconfirmed.stdout], [2, ''])
  assert.match(unconfirmed.stderr, /^mintmark: this command cannot be undone: add --yes to confirm it.*\n$/)
  const dry = await run(['token', 'delete', id, '--dry-run'])
  assert.deepEqual([dry.code, dry.stdout], [0, `Would delete ${id} kept, last used: never.\n`])
  assert.ok(await isGood(token))
})

test('a token can delete itself', async (t) => {
  const { run, isGood } = await started(t)
  const { token } = JSON.parse((await run(['token', 'mint', '--json'])).stdout)
  const { code, stdout } = await run(['token', 'delete', 'self', '--yes', '--json'], { token })
  assert.deepEqual([code, JSON.parse(stdout)], [0, { id: 'self', deleted: true }])
  assert.equal(await isGood(token), false)
})

test('rotate --self creates a successor, and the old token stays valid for the overlap', async (t) => {
  const { run, prepared, isGood } = await started(t)
  const { code, stdout, stderr } = await run(['token', 'rotate', '--self', '--overlap', '90m'])
  assert.deepEqual([code, stderr], [0, ''])
  assert.match(stdout, /Replaces {2}at-\S+ \(valid for up to 90 minutes\)\n$/)
  assert.ok(await isGood(/eyJ\S+/.exec(stdout)?.[0] ?? ''))
  assert.ok(await isGood(prepared.token))
  const again = await run(['token', 'rotate', '--self'])
  assert.equal(again.code, 1)
  assert.match(again.stderr, /already rotated.*\(conflict\)/)
})

test('rotate without an overlap revokes the old token', async (t) => {
  const { run, isGood } = await started(t)
  const old = JSON.parse((await run(['token', 'mint', '--json'])).stdout)
  const rotated = await run(['token', 'rotate', old.id, '--overlap', '0', '--json'])
  assert.equal(rotated.code, 0)
  const { token, predecessor } = JSON.parse(rotated.stdout)
  assert.equal(predecessor, old.id)
  assert.deepEqual([await isGood(token), await isGood(old.token)], [true, false])
})

/** A proxy that drops the first responses. */
async function losing(t: TestContext, address: string, answers: number) {
  const keys: unknown[] = []
  const server = createServer(async (request, response) => {
    const { method = '', url, headers } = request
    keys.push(headers['idempotency-key'])
    const sent = Object.entries(headers).filter(([name]) => /^(authorization|content-type|idempotency-key)$/.test(name))
    const body = await text(request)
    const answer = await fetch(address + url, { method, headers: sent as [string, string][], body })
    const responseText = await answer.text()
    if (keys.length <= answers) return void request.socket.destroy()
    response.writeHead(answer.status, { 'content-type': 'application/vnd.api+json' }).end(responseText)
  }).listen(0, '127.0.0.1')
  await new Promise((listening) => server.once('listening', listening))
  t.after(() => {
    server.close()
    server.closeAllConnections()
  })
  return { keys, host: `http://127.0.0.1:${(server.address() as AddressInfo).port}` }
}

test('rotate retries after a lost response with the same key, and creates one successor', async (t) => {
  const { run, call, address, isGood } = await started(t)
  const { keys, host } = await losing(t, address, 1)
  const { code, stdout } = await run(['token', 'rotate', '--self', '--quiet'], { host })
  assert.equal(code, 0)
  assert.ok(await isGood(stdout.trim()))
  assert.equal(keys.length, 2)
  assert.match(String(keys[0]), /^[0-9a-f]{32}$/)
  assert.equal(keys[0], keys[1])
  assert.equal((await call('GET', '/access-tokens')).json.meta.pagination['total-count'], 2)
})

test('rotate can be repeated with --idempotency-key after two lost responses', async (t) => {
  const { run, address, isGood } = await started(t)
  const { host } = await losing(t, address, 2)
  const lost = await run(['token', 'rotate', '--self'], { host })
  assert.deepEqual([lost.code, lost.stdout], [1, ''])
  const key = /--idempotency-key (\S+) to get/.exec(lost.stderr)?.[1] ?? ''
  assert.equal((await run(['token', 'rotate', '--self'])).code, 1)
  const { code, stdout } = await run(['token', 'rotate', '--self', '--idempotency-key', key, '--quiet'])
  assert.equal(code, 0)
  assert.ok(await isGood(stdout.trim()))
})

test('rotate without an overlap reports a lost response and that the old token is revoked', async (t) => {
  const { run, address } = await started(t)
  const { host } = await losing(t, address, 1)
  const { code, stderr } = await run(['token', 'rotate', '--self', '--overlap', '0'], { host })
  assert.equal(code, 1)
  assert.match(
    stderr,
    /^mintmark: the response with the new token was lost, and the old token is revoked\nNext: Create a token/,
  )
})

const wrong: readonly [readonly string[], RegExp][] = [
  [['token', 'mint', '--expires-in', 'soon'], /Expected a duration of 1 to 525600 minutes/],
  [['token', 'mint', '--expires-in', '366d'], /Expected a duration of 1 to 525600 minutes/],
  [['token', 'mint', '--quiet', '--json'], /cannot be used with/],
  [['token', 'mint', 'extra'], /too many arguments/],
  [['token', 'rotate'], /^mintmark: expected either a token ID or --self\n$/],
  [['token', 'rotate', 'at-1', '--self'], /^mintmark: expected either a token ID or --self\n$/],
  [['token', 'rotate', '--self', '--overlap', '31d'], /0 to 43200 minutes/],
  [['token', 'rotate', '--self', '--idempotency-key', 'a b'], /printable/],
  [['token', 'list', '--expired', '--no-expiry'], /cannot be used with/],
  [['token', 'report', '--expired', '--expiring', '1d'], /cannot be used with/],
  [['token', 'list', '--unused', 'long'], /Expected a duration/],
  [['token', 'show'], /missing required argument/],
  [['token', 'show', '..'], /Expected an ID/],
  [['token', 'delete', 'a/b'], /Expected an ID/],
  [['token', 'lst'], /unknown command 'lst' \(Did you mean list\?\)/],
]

test('wrong usage gives one line on stderr and exit code 2, and sends no request', async (t) => {
  const { run, log } = await started(t)
  for (const [args, line] of wrong) {
    const { code, stdout, stderr } = await run(args)
    assert.deepEqual([code, stdout, stderr.split('\n').length], [2, '', 2], stderr)
    assert.match(stderr, line)
  }
  assert.deepEqual(
    log.filter((line) => line.includes('"request"')),
    [],
  )
})
