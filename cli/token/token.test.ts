import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { type TestContext, test } from 'node:test'
import { machine, startAuthority } from '../../testing/kit.ts'
import { mintmark } from '../run-mintmark.ts'

async function started(t: TestContext) {
  const authority = await startAuthority(t)
  const address = await authority.app.server.listen({ port: 0, host: '127.0.0.1' })
  const run = (args: readonly string[], { token = authority.prepared.token, host = address } = {}) =>
    mintmark(t, args, { environment: { MINTMARK_HOST: host, MINTMARK_TOKEN: token } })
  const isGood = async (token: string) => (await authority.call('GET', '/ping', { token })).status === 200
  return { ...authority, address, run, isGood }
}

test('mint shows a working token once, with its id and its end', async (t) => {
  const { run, isGood } = await started(t)
  const { code, stdout, stderr } = await run(['token', 'mint', '--name', 'laptop', '--expires-in', '12h'])
  assert.deepEqual([code, stderr], [0, ''])
  assert.match(
    stdout,
    /^Token {4}eyJ\S+\n {9}Save it now: it is shown this once and kept nowhere\.\nId {7}at-\S+\nExpires {2}\d{4}-.* UTC\n$/,
  )
  assert.ok(await isGood(/eyJ\S+/.exec(stdout)?.[0] ?? ''))
})

test('mint --json prints the token with everything it was given', async (t) => {
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

test('mint --quiet prints the token alone', async (t) => {
  const { run, isGood } = await started(t)
  const { code, stdout } = await run(['token', 'mint', '--quiet'])
  assert.equal(code, 0)
  assert.match(stdout, /^eyJ\S+\n$/)
  assert.ok(await isGood(stdout.trim()))
})

test('a service account is named by its name or by its id, for minting and for listing', async (t) => {
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
  assert.match(table.stdout, /^ID {2,}NAME {2,}ENDS IN {2}CREATED {2,}EXPIRES {2}LAST USED\nat-/)
  assert.equal(table.stdout.trimEnd().split('\n').length, 4)
})

test('a name that nobody bears is refused, also one the wire would take for a search', async (t) => {
  const authority = await started(t)
  await machine(authority, 'ci')
  for (const name of ['nobody', 'like:c', 'in:ci']) {
    const { code, stdout, stderr } = await authority.run(['token', 'list', '--service-account', name])
    assert.deepEqual([code, stdout], [1, ''])
    assert.equal(stderr, `mintmark: no service account is named ${name}, or this token may not see it\n`)
  }
})

test('list shows your own tokens and never a secret', async (t) => {
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

test('show tells of a token by id, or of the calling one', async (t) => {
  const { run } = await started(t)
  const self = await run(['token', 'show', 'self', '--json'])
  assert.equal(self.code, 0)
  const { id, name } = JSON.parse(self.stdout)
  assert.equal(name, 'first token')
  const shown = await run(['token', 'show', id])
  assert.equal(shown.code, 0)
  assert.match(shown.stdout, new RegExp(`^Id +${id}\\nName +first token\\n`))
  assert.match(shown.stdout, /Permissions +all its owner has\n/)
})

test('a deleted token is refused at once, and whoever still uses it is told what to do', async (t) => {
  const { run } = await started(t)
  const minted = JSON.parse((await run(['token', 'mint', '--json'])).stdout)
  const deleted = await run(['token', 'delete', minted.id])
  assert.deepEqual([deleted.code, deleted.stdout], [0, `Deleted ${minted.id}. It is refused from now on.\n`])
  const used = await run(['token', 'list'], { token: minted.token })
  assert.equal(used.code, 1)
  assert.match(
    used.stderr,
    /^mintmark: refused: This token was revoked\..*\(token-revoked\)\nNext: Mint a new one .*\n$/,
  )
  const again = await run(['token', 'delete', minted.id])
  assert.equal(again.code, 1)
  assert.match(again.stderr, /\(not-found\)\nNext: It does not exist or this token may not see it\./)
})

test('a token can end itself', async (t) => {
  const { run, isGood } = await started(t)
  const { token } = JSON.parse((await run(['token', 'mint', '--json'])).stdout)
  const { code, stdout } = await run(['token', 'delete', 'self', '--json'], { token })
  assert.deepEqual([code, JSON.parse(stdout)], [0, { id: 'self', deleted: true }])
  assert.equal(await isGood(token), false)
})

test('rotate --self brings a successor, and the old token works on for the overlap', async (t) => {
  const { run, prepared, isGood } = await started(t)
  const { code, stdout, stderr } = await run(['token', 'rotate', '--self', '--overlap', '90m'])
  assert.deepEqual([code, stderr], [0, ''])
  assert.match(stdout, /Replaces {2}at-\S+, which works for at most 90 more minutes\n$/)
  assert.ok(await isGood(/eyJ\S+/.exec(stdout)?.[0] ?? ''))
  assert.ok(await isGood(prepared.token))
  const again = await run(['token', 'rotate', '--self'])
  assert.equal(again.code, 1)
  assert.match(again.stderr, /rotated already.*\(conflict\)/)
})

test('rotate by id without overlap ends the old token', async (t) => {
  const { run, isGood } = await started(t)
  const old = JSON.parse((await run(['token', 'mint', '--json'])).stdout)
  const rotated = await run(['token', 'rotate', old.id, '--overlap', '0', '--json'])
  assert.equal(rotated.code, 0)
  const { token, predecessor } = JSON.parse(rotated.stdout)
  assert.equal(predecessor, old.id)
  assert.deepEqual([await isGood(token), await isGood(old.token)], [true, false])
})

/** Hands on everything, but loses the first answers. */
async function losing(t: TestContext, address: string, answers: number) {
  const keys: unknown[] = []
  const server = createServer(async (request, response) => {
    const { method = '', url, headers } = request
    keys.push(headers['idempotency-key'])
    const sent = Object.entries(headers).filter(([name]) => /^(authorization|content-type|idempotency-key)$/.test(name))
    const body = await text(request)
    const answer = await fetch(address + url, { method, headers: sent as [string, string][], body })
    const told = await answer.text()
    if (keys.length <= answers) return void request.socket.destroy()
    response.writeHead(answer.status, { 'content-type': 'application/vnd.api+json' }).end(told)
  }).listen(0, '127.0.0.1')
  await new Promise((listening) => server.once('listening', listening))
  t.after(() => {
    server.close()
    server.closeAllConnections()
  })
  return { keys, host: `http://127.0.0.1:${(server.address() as AddressInfo).port}` }
}

test('a rotation whose answer is lost is repeated with the same key, and leaves one successor', async (t) => {
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

test('a rotation whose answer is lost twice can be brought to an end by hand', async (t) => {
  const { run, address, isGood } = await started(t)
  const { host } = await losing(t, address, 2)
  const lost = await run(['token', 'rotate', '--self'], { host })
  assert.deepEqual([lost.code, lost.stdout], [1, ''])
  const key = /--idempotency-key (\S+):/.exec(lost.stderr)?.[1] ?? ''
  assert.equal((await run(['token', 'rotate', '--self'])).code, 1)
  const { code, stdout } = await run(['token', 'rotate', '--self', '--idempotency-key', key, '--quiet'])
  assert.equal(code, 0)
  assert.ok(await isGood(stdout.trim()))
})

test('a lost rotation without overlap says that the old token is gone', async (t) => {
  const { run, address } = await started(t)
  const { host } = await losing(t, address, 1)
  const { code, stderr } = await run(['token', 'rotate', '--self', '--overlap', '0'], { host })
  assert.equal(code, 1)
  assert.match(stderr, /^mintmark: the answer with the new token was lost, and the old token has ended\nNext: Mint/)
})

const wrong: readonly [readonly string[], RegExp][] = [
  [['token', 'mint', '--expires-in', 'soon'], /Expected minutes/],
  [['token', 'mint', '--expires-in', '366d'], /Expected minutes/],
  [['token', 'mint', '--quiet', '--json'], /cannot be used with/],
  [['token', 'mint', 'extra'], /too many arguments/],
  [['token', 'rotate'], /^mintmark: expected the id of a token, or --self\n$/],
  [['token', 'rotate', 'at-1', '--self'], /^mintmark: expected the id of a token, or --self\n$/],
  [['token', 'rotate', '--self', '--overlap', '31d'], /from 0 to 43200 minutes/],
  [['token', 'rotate', '--self', '--idempotency-key', 'a b'], /printable/],
  [['token', 'show'], /missing required argument/],
  [['token', 'show', '..'], /Expected an id/],
  [['token', 'delete', 'a/b'], /Expected an id/],
  [['token', 'lst'], /unknown command 'lst' \(Did you mean list\?\)/],
]

test('wrong usage is one line on stderr and exit 2, and nothing is sent', async (t) => {
  const { run, log } = await started(t)
  for (const [args, line] of wrong) {
    const { code, stdout, stderr } = await run(args)
    assert.deepEqual([code, stdout, stderr.split('\n').length], [2, '', 2], stderr)
    assert.match(stderr, line)
  }
  assert.deepEqual(log, [])
})
