import { createHash, randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { homedir, hostname } from 'node:os'
import { createInterface } from 'node:readline'
import { exchangeCode } from '@mintmark/client'
import type { Command } from 'commander'
import { type ClientFlags, clientCommand, openServer } from './client-command.ts'
import { openBrowser } from './open-browser.ts'
import { print, printJson } from './print.ts'
import { Failed } from './report-error.ts'
import { keepTerraformToken } from './terraform-credentials.ts'

interface LoginFlags extends ClientFlags {
  readonly browser: boolean
}

const client = 'mintmark-cli'
/** How long somebody may take to agree. */
const patienceMilliseconds = 600_000

export function addLogin(parent: Command): void {
  clientCommand(parent, 'login', 'Get a token for this machine by agreeing to it in the console, and keep it.')
    .option('--no-browser', 'only print the address to open, also on another machine; the answer can be pasted')
    .action(login)
}

/** Authorization code with PKCE for a program on one's own machine (RFC 8252); the token is kept where Terraform looks for it. */
async function login({ browser, ...flags }: LoginFlags): Promise<void> {
  const server = openServer(flags)
  const verifier = randomBytes(32).toString('base64url')
  const state = randomBytes(16).toString('base64url')
  const waiting = createServer()
  waiting.listen(0, '127.0.0.1')
  await once(waiting, 'listening')
  try {
    const redirectUri = `http://127.0.0.1:${(waiting.address() as AddressInfo).port}/login`
    const asking = addressToOpen(server.address, { verifier, state, redirectUri })
    process.stderr.write(`Open this address and agree:\n  ${asking}\n`)
    if (browser) openBrowser(asking)
    else process.stderr.write('On another machine the last page cannot be shown there: then paste its address here.\n')
    const code = await (browser
      ? codeFrom(waiting, state)
      : Promise.race([codeFrom(waiting, state), codePasted(state)]))
    const token = await exchangeCode(server, { code, verifier, redirectUri, client })
    const host = new URL(server.address).host
    const file = keepTerraformToken(homedir(), host, token)
    if (flags.json) return printJson({ host, file })
    print(`Logged in to ${host}. The token is kept in ${file}, where Terraform finds it too.`)
  } finally {
    process.stdin.destroy()
    waiting.closeAllConnections()
    waiting.close()
  }
}

interface Asked {
  readonly verifier: string
  readonly state: string
  readonly redirectUri: string
}

function addressToOpen(address: string, { verifier, state, redirectUri }: Asked): string {
  const url = new URL('/oauth/authorize', address)
  // People are signed in under a name; on this machine that is localhost.
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

/** The address to which the browser was sent on another machine, where nothing waits for it. */
async function codePasted(state: string): Promise<string> {
  for await (const line of createInterface({ input: process.stdin })) {
    const given = URL.parse(line.trim())?.searchParams
    if (given?.get('state') !== state) process.stderr.write('That is not the address of this login.\n')
    else if (given.has('code')) return given.get('code') as string
    else throw new Failed('it was not agreed to')
  }
  // The input has ended; the browser may still come.
  return new Promise(() => undefined)
}

/** The first answer that carries our state; what others send to the port is not heard. */
function codeFrom(waiting: ReturnType<typeof createServer>, state: string): Promise<string> {
  return new Promise((done, failed) => {
    const timer = setTimeout(() => failed(new Failed('nobody agreed for ten minutes')), patienceMilliseconds)
    timer.unref()
    waiting.on('request', (request: IncomingMessage, response: ServerResponse) => {
      const { pathname, searchParams } = new URL(request.url ?? '/', 'http://127.0.0.1')
      const code = searchParams.get('code')
      const isOurs = pathname === '/login' && searchParams.get('state') === state
      const said = !isOurs
        ? 'Nothing is waited for here.'
        : code
          ? 'Done. Go back to your terminal.'
          : 'It was not agreed to.'
      response
        .writeHead(isOurs ? 200 : 404, { 'content-type': 'text/plain; charset=utf-8', connection: 'close' })
        .end(said)
      if (!isOurs) return
      clearTimeout(timer)
      if (code) response.once('finish', () => done(code))
      else failed(new Failed('it was not agreed to'))
    })
  })
}
