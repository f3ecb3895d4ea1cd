import assert from 'node:assert/strict'
import { mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { makeLocalLink } from '../../authority/sign-in/links/local-link.ts'
import { realWorld } from '../../authority/world.ts'
import { browser, strong } from '../../testing/browser.ts'
import { startAuthority } from '../../testing/kit.ts'
import { startMintmark } from '../../testing/run-mintmark.ts'
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
