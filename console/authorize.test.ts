/** The consent page of `terraform login` and `mintmark login`, in a real browser. */
import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { after, test } from 'node:test'
import { choose, password, violationsAt, violationsInAllThemes } from '../testing/console/console.ts'
import { describeInBrowser, sharedConsole } from '../testing/console/in-browser.ts'
import { document } from '../testing/kit.ts'

let program: Server
let redirectUri = ''

const shown = sharedConsole(async () => {
  program = createServer((_request, response) => response.end('Back in the program.'))
  program.listen(0, '127.0.0.1')
  await once(program, 'listening')
  redirectUri = `http://127.0.0.1:${(program.address() as AddressInfo).port}/login`
})
after(() => program?.close())

const verifier = 'v'.repeat(64)
const authorizationQuery = (changed: Record<string, string> = {}) =>
  new URLSearchParams({
    client_id: 'terraform-cli',
    response_type: 'code',
    redirect_uri: redirectUri,
    state: 'abc',
    code_challenge: createHash('sha256').update(verifier).digest('base64url'),
    code_challenge_method: 'S256',
    ...changed,
  })

/** Returns the query of the redirect to the program. */
async function calledBack(): Promise<URLSearchParams> {
  const [request] = await once(program, 'request')
  return new URL(request.url, redirectUri).searchParams
}

describeInBrowser('consent', () => {
  test('a signed-out user signs in first, authorizes, and the program gets the named token', async () => {
    const { call } = shown.authority
    const page = await shown.visit(`/oauth/authorize?${authorizationQuery({ machine: 'laptop' })}`, { signedIn: false })
    await page.getByRole('heading', { name: 'Sign in to Mintmark' }).waitFor()
    await page.getByLabel('Email').fill('owner@mintmark.internal')
    await page.getByLabel('Password', { exact: true }).fill(password)
    await page.getByRole('button', { name: 'Sign in', exact: true }).click()
    await page.getByRole('heading', { name: 'Authorize Terraform' }).waitFor()
    await page.getByText('laptop', { exact: true }).waitFor()
    const name = page.getByLabel('Token name')
    assert.equal(await name.inputValue(), 'terraform on laptop')
    assert.deepEqual(await violationsInAllThemes(page, 'authorize'), [])
    await name.fill('terraform of ana')
    await choose(page, 'Expiration', '7 days')
    const back = calledBack()
    await page.getByRole('button', { name: 'Authorize' }).click()
    const answer = await back
    assert.equal(answer.get('state'), 'abc')
    const body = new URLSearchParams({
      grant_type: 'authorization_code',
      code: answer.get('code') ?? '',
      code_verifier: verifier,
      redirect_uri: redirectUri,
      client_id: 'terraform-cli',
    }).toString()
    const given = await call('POST', '/oauth/token', {
      token: null,
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body,
    })
    assert.deepEqual([given.status, given.json.expires_in], [200, 7 * 86_400], given.text)
    const self = await call('GET', '/access-tokens/self', { token: given.json.access_token })
    assert.equal(self.json.data.attributes.name, 'terraform of ana')
  })

  test('canceling redirects to the program without a token', async () => {
    const page = await shown.visit(`/authorize?${authorizationQuery({ client_id: 'mintmark-cli', machine: 'desk' })}`)
    await page.getByRole('heading', { name: 'Authorize the mintmark CLI' }).waitFor()
    assert.equal(await page.getByLabel('Token name').inputValue(), 'mintmark on desk')
    const back = calledBack()
    await page.getByRole('button', { name: 'Cancel' }).click()
    const answer = await back
    assert.deepEqual([answer.get('error'), answer.get('state'), answer.get('code')], ['access_denied', 'abc', null])
  })

  test('the maximum lifetime of the account is preselected, and an error of the server is shown', async () => {
    const { call } = shown.authority
    const rule = (minutes: number | null) =>
      call('PATCH', '/security-rules', { body: document('security-rules', { 'max-personal-token-lifetime': minutes }) })
    await rule(1_440)
    const page = await shown.visit(`/authorize?${authorizationQuery()}`)
    await page.getByText('Your account allows at most 1 day.').waitFor()
    await rule(60)
    await page.getByRole('button', { name: 'Authorize' }).click()
    await page.getByText('at most 60 minutes').waitFor()
    await rule(null)
  })

  test('a request with a remote redirect URI or without PKCE cannot be authorized', async () => {
    const page = await shown.visit(`/authorize?${authorizationQuery({ redirect_uri: 'https://evil.example/login' })}`)
    await page.getByText('not on your own machine').waitFor()
    assert.equal(await page.getByRole('button', { name: 'Authorize' }).count(), 0)
    await page.goto(`/authorize?${authorizationQuery({ code_challenge_method: 'plain' })}`)
    await page.getByText('PKCE').waitFor()
    assert.deepEqual(await violationsAt(shown, '/authorize', 'authorize-wrong'), [])
  })
})
