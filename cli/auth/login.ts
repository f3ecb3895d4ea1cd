import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { hostname } from 'node:os'
import { createInterface } from 'node:readline'
import { exchangeCode } from '@mintmark/client'
import type { Command } from 'commander'
import { type ClientFlags, clientCommand, serverAt } from '../client-command.ts'
import { print, printJson } from '../output/print.ts'
import { Failed, WrongUsage } from '../report-error.ts'
import { randomText } from '../world.ts'
import { findAddress, namedAddress } from './credentials.ts'
import { homeFolder } from './home-folder.ts'
import { openBrowser } from './open-browser.ts'
import { readProfiles, storeProfile } from './profiles.ts'
import { storeTerraformToken } from './terraform-credentials.ts'

interface LoginFlags extends ClientFlags {
  readonly browser: boolean
}

const client = 'mintmark-cli'
/** How long to wait for the user to approve the login. */
const approvalTimeoutMilliseconds = 600_000

export function addLogin(parent: Command): void {
  clientCommand(parent, 'login', 'Sign in via the console and store a token on this machine.')
    .option('--no-browser', 'print the URL instead of opening a browser, and accept the redirect URL on standard input')
    .action(login)
}

/** Authorization code flow with PKCE for native apps (RFC 8252). Stores the token where Terraform looks for it. */
async function login({ browser, profile, ...flags }: LoginFlags): Promise<void> {
  const [environment, home] = [process.env, homeFolder()]
  const server = serverAt(addressFor({ ...flags, profile }), flags.insecureHttp)
  const verifier = randomText(32)
  const state = randomText(16)
  const callback = createServer()
  callback.listen(0, '127.0.0.1')
  await once(callback, 'listening')
  try {
    const redirectUri = `http://127.0.0.1:${(callback.address() as AddressInfo).port}/login`
    const authorizeUrl = authorizeUrlFor(server.address, { verifier, state, redirectUri })
    process.stderr.write(`Open this URL and approve the login:\n  ${authorizeUrl}\n`)
    if (browser) openBrowser(authorizeUrl)
    else process.stderr.write('If the browser is on another machine, paste the final URL from its address bar here.\n')
    const code = await (browser
      ? codeFrom(callback, state)
      : Promise.race([codeFrom(callback, state), codePasted(state)]))
    const token = await exchangeCode(server, { code, verifier, redirectUri, client })
    const host = new URL(server.address).host
    const name = profile ?? host
    const named = { name, address: server.address }
    const file =
      profile === undefined
        ? storeTerraformToken(home, host, token)
        : storeProfile(environment, home, { ...named, token })
    if (profile === undefined) storeProfile(environment, home, named)
    if (flags.json) return printJson({ host, profile: name, file })
    const also = profile === undefined ? ', which Terraform also reads' : ''
    print(`Logged in to ${host}. The token is stored in ${file}${also}. The current profile is ${name}.`)
  } finally {
    process.stdin.destroy()
    callback.closeAllConnections()
    callback.close()
  }
}

/** A profile that exists already is signed in again at its server. */
function addressFor({ host, profile }: Pick<LoginFlags, 'host'> & { profile: string | undefined }): string {
  if (profile !== undefined && !/^[\w.:-]{1,100}$/.test(profile))
    throw new WrongUsage('--profile: expected up to 100 letters, digits, dots, dashes, underscores and colons')
  const sources = { host, environment: process.env }
  const { all } = readProfiles(process.env, homeFolder())
  const existing = all.find(({ name }) => name === profile)?.address
  return namedAddress(sources) ?? existing ?? findAddress({ ...sources, environment: {}, home: homeFolder() })
}

interface AuthorizeParameters {
  readonly verifier: string
  readonly state: string
  readonly redirectUri: string
}

function authorizeUrlFor(address: string, { verifier, state, redirectUri }: AuthorizeParameters): string {
  const url = new URL('/oauth/authorize', address)
  // Passkeys are bound to a host name, so an IP address cannot be used: a local console is opened as localhost.
  if (url.hostname === '127.0.0.1' || url.hostname === '[::1]') url.hostname = 'localhost'
  url.search = new URLSearchParams({
    client_id: client,
    response_type: 'code',
    redirect_uri: redirectUri,
    state,
    code_challenge: createHash('sha256').update(verifier).digest('base64url'),
    code_challenge_method: 'S256',
    machine: hostname(),
  }).toString()
  return url.href
}

/** Reads the redirect URL that the user pastes when the browser runs on another machine. */
async function codePasted(state: string): Promise<string> {
  for await (const line of createInterface({ input: process.stdin })) {
    const parameters = URL.parse(line.trim())?.searchParams
    if (parameters?.get('state') !== state) process.stderr.write('This URL is not the redirect URL of this login.\n')
    else if (parameters.has('code')) return parameters.get('code') as string
    else throw new Failed('the login was denied')
  }
  // End of input; the browser may still be redirected to the callback.
  return new Promise(() => undefined)
}

/** The code of the first redirect with our state. Other requests get 404, as any local program can send them. */
function codeFrom(callback: ReturnType<typeof createServer>, state: string): Promise<string> {
  return new Promise((done, failed) => {
    const timer = setTimeout(
      () => failed(new Failed('the login was not approved within 10 minutes')),
      approvalTimeoutMilliseconds,
    )
    timer.unref()
    callback.on('request', (request: IncomingMessage, response: ServerResponse) => {
      const { pathname, searchParams } = new URL(request.url ?? '/', 'http://127.0.0.1')
      const code = searchParams.get('code')
      const isOurs = pathname === '/login' && searchParams.get('state') === state
      const text = !isOurs ? 'Not found.' : code ? 'You are logged in. Return to your terminal.' : 'Login denied.'
      response
        .writeHead(isOurs ? 200 : 404, { 'content-type': 'text/plain; charset=utf-8', connection: 'close' })
        .end(text)
      if (!isOurs) return
      clearTimeout(timer)
      if (code) response.once('finish', () => done(code))
      else failed(new Failed('the login was denied'))
    })
  })
}
