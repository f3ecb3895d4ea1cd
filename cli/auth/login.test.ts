import assert from 'node:assert/strict'
import { mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { makeLocalLink } from '../../authority/sign-in/links/local-link.ts'
import { realWorld } from '../../authority/world.ts'
import { browser, strong } from '../../testing/browser.ts'
import { mintmark, startMintmark } from '../../testing/cli/run-mintmark.ts'
import { startAuthority } from '../../testing/kit.ts'
import { temporaryFolder } from '../../testing/temporary-folder.ts'

/** A listening authority and its owner, signed in to the console. */
async function startWithOwner(t: TestContext) {
  const authority = await startAuthority(t)
  const address = await authority.app.server.listen({ host: '127.0.0.1', port: 0 })
  const owner = browser(authority)
  const { secret } = await makeLocalLink(authority.database, realWorld)
  await owner.ask('POST', '/auth/link/use', { secret: secret.open() })
  await owner.ask('PUT', '/auth/methods/password', { password: strong })
  return { address, owner }
}

test('login stores the approved token and keeps those of other hosts', async (t) => {
  const { address, owner } = await startWithOwner(t)

  const folder = temporaryFolder(t)
  mkdirSync(join(folder, '.terraform.d'))
  const file = join(folder, '.terraform.d', 'credentials.tfrc.json')
  writeFileSync(file, JSON.stringify({ credentials: { 'other.example.com': { token: 'kept' } } }))
  const environment = { MINTMARK_HOST: address }
  const running = startMintmark(t, ['login', '--no-browser', '--json'], { folder, environment })
  const authorizationUrl = new URL(/http:\S+/.exec(await running.complained(/oauth\/authorize/))?.[0] ?? '')
  assert.equal(authorizationUrl.hostname, 'localhost')
  const redirect = await fetch(authorizationUrl.href.replace('localhost', '127.0.0.1'), { redirect: 'manual' })
  const page = new URL(redirect.headers.get('location') ?? '', authorizationUrl)
  assert.deepEqual([redirect.status, page.pathname], [302, '/authorize'])

  const query = (name: string) => page.searchParams.get(name)
  const callback = query('redirect_uri') ?? ''
  const stray = await fetch(`${callback}?code=stolen&state=guessed`)
  assert.equal(stray.status, 404, 'a redirect with another state is ignored')
  const agreed = await owner.ask('POST', '/auth/authorizations', {
    'client-id': query('client_id'),
    'redirect-uri': callback,
    'code-challenge': query('code_challenge'),
    state: query('state'),
    name: `mintmark on ${query('machine')}`,
    'expires-in': 60,
  })
  const text = await (await fetch(agreed.json['redirect-to'])).text()
  assert.match(text, /Return to your terminal/)
  const { code, stdout } = await running.finished
  assert.equal(code, 0)
  const { host } = JSON.parse(stdout)
  const { credentials } = JSON.parse(readFileSync(file, 'utf8'))
  assert.equal(credentials['other.example.com'].token, 'kept')
  assert.equal(statSync(file).mode & 0o777, 0o600)
  const who = startMintmark(t, ['whoami', '--json'], { folder, environment })
  assert.match(JSON.parse((await who.finished).stdout).token.name, /^mintmark on /)
  assert.ok(credentials[host].token.startsWith('eyJ'))
})

test('login --no-browser accepts the pasted redirect URL of a browser on another machine', async (t) => {
  const { address, owner } = await startWithOwner(t)
  const environment = { MINTMARK_HOST: address }
  const folder = temporaryFolder(t)
  const running = startMintmark(t, ['login', '--no-browser', '--json'], { folder, environment, isTyping: true })
  const authorizationUrl = new URL(/http:\S+/.exec(await running.complained(/paste the final URL/))?.[0] ?? '')
  const query = (name: string) => authorizationUrl.searchParams.get(name)
  const agreed = await owner.ask('POST', '/auth/authorizations', {
    'client-id': query('client_id'),
    'redirect-uri': query('redirect_uri'),
    'code-challenge': query('code_challenge'),
    state: query('state'),
    name: 'far away',
    'expires-in': 60,
  })
  running.type('http://127.0.0.1:1/login?code=stolen&state=guessed\n')
  await running.complained(/not the redirect URL of this login/)
  running.type(`${agreed.json['redirect-to']}\n`)
  assert.equal((await running.finished).code, 0)
  const who = startMintmark(t, ['whoami', '--json'], { folder, environment })
  assert.equal(JSON.parse((await who.finished).stdout).token.name, 'far away')
})

/** Logs in with these arguments and approves the token in the console. */
async function logIn(
  t: TestContext,
  args: readonly string[],
  { address, owner }: Awaited<ReturnType<typeof startWithOwner>>,
  folder: string,
) {
  const running = startMintmark(t, [...args, '--no-browser', '--json'], {
    folder,
    environment: { MINTMARK_URL: address },
  })
  const url = new URL(/http:\S+/.exec(await running.complained(/oauth\/authorize/))?.[0] ?? '')
  const query = (name: string) => url.searchParams.get(name)
  const agreed = await owner.ask('POST', '/auth/authorizations', {
    'client-id': query('client_id'),
    'redirect-uri': query('redirect_uri'),
    'code-challenge': query('code_challenge'),
    state: query('state'),
    name: args.join(' '),
    'expires-in': 60,
  })
  await fetch(agreed.json['redirect-to'])
  const { code, stdout } = await running.finished
  assert.equal(code, 0)
  return JSON.parse(stdout)
}

test('profiles: log in twice to one server, switch, check and log out', async (t) => {
  const started = await startWithOwner(t)
  const folder = temporaryFolder(t)
  const run = (...args: string[]) => mintmark(t, args, { folder })
  const tokenName = async () => JSON.parse((await run('whoami', '--json')).stdout).token.name
  const { profile: first } = await logIn(t, ['login'], started, folder)
  assert.equal(first, new URL(started.address).host)
  const second = await logIn(t, ['auth', 'login', '--profile', 'robot'], started, folder)
  assert.equal(statSync(second.file).mode & 0o777, 0o600)
  assert.equal(await tokenName(), 'auth login --profile robot')

  assert.equal((await run('auth', 'switch', first)).code, 0)
  assert.equal(await tokenName(), 'login')
  const { stdout } = await run('auth', 'status', '--json')
  const profiles = JSON.parse(stdout).map(({ profile, current, valid }: Record<string, unknown>) => [
    profile,
    current,
    valid,
  ])
  assert.deepEqual(profiles.toSorted(), [
    [first, true, true],
    ['robot', false, true],
  ])

  const { token } = JSON.parse(readFileSync(second.file, 'utf8')).profiles.robot
  assert.equal((await run('auth', 'logout', 'robot')).code, 0)
  const refused = await mintmark(t, ['whoami'], {
    environment: { MINTMARK_URL: started.address, MINTMARK_TOKEN: token },
  })
  assert.match(refused.stderr, /token-revoked/)
  assert.equal(await tokenName(), 'login')
  assert.equal((await run('auth', 'logout')).code, 0)
  assert.match((await run('auth', 'status')).stdout, /^Not logged in/)
  assert.equal((await run('auth', 'switch', 'robot')).code, 2)
})

test('a profile whose token is no longer valid is reported, and logging out removes it', async (t) => {
  const started = await startWithOwner(t)
  const folder = temporaryFolder(t)
  await logIn(t, ['auth', 'login', '--profile', 'p'], started, folder)
  const run = (...args: string[]) => mintmark(t, args, { folder })
  assert.equal((await run('token', 'delete', 'self', '--yes')).code, 0)
  const status = await run('auth', 'status')
  assert.deepEqual([status.code, /\* +p +\S+ +This token was revoked/.test(status.stdout)], [1, true], status.stdout)
  const logout = await run('auth', 'logout')
  assert.equal(logout.code, 0)
  assert.match(logout.stderr, /The token was not deleted at /)
  assert.match((await run('auth', 'status')).stdout, /^Not logged in/)
})
