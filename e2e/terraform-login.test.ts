/** `terraform login` and `tofu login` with the real programs, if they are installed, and consent in a real browser. */
import assert from 'node:assert/strict'
import { spawn, spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { describe, type TestContext, test } from 'node:test'
import { strong } from '../testing/browser.ts'
import { mintmark, startMintmark } from '../testing/cli/run-mintmark.ts'
import { type Browser, noBrowser, signInByLink, startBrowser } from '../testing/console/chromium.ts'
import { temporaryFolder } from '../testing/temporary-folder.ts'

const programs = ['terraform', 'tofu'] as const

/** The paths of the installed programs. */
const found = new Map(
  programs.map((name) => {
    const folders = (process.env['PATH'] ?? '').split(delimiter)
    return [name, folders.map((folder) => join(folder, name)).find(existsSync)]
  }),
)

interface Started {
  readonly host: string
  /** The directory of the program's configuration and the authority's data. */
  readonly folder: string
  readonly certificates: string
  /** The sign-in link of the owner. */
  readonly link: string
}

async function serve(t: TestContext): Promise<Started> {
  const folder = temporaryFolder(t)
  const running = startMintmark(t, ['serve', '--quickstart', '--tls', 'self-signed', '--port', '0'], { folder })
  const output = await running.printed(/Console {2}\S+/)
  const link = /Console {2}(\S+)/.exec(output)?.[1] ?? ''
  return { host: new URL(link).host, folder, certificates: join(folder, 'data/tls/ca.pem'), link }
}

/** The program with one answer to its prompt, and without a browser that it could open. */
function startLogin(t: TestContext, program: string, { host, folder, certificates }: Started) {
  const nothing = join(folder, 'nothing')
  mkdirSync(nothing)
  // Terraform creates it when it checks for new versions, which CHECKPOINT_DISABLE prevents.
  mkdirSync(join(folder, '.terraform.d'))
  const env = { HOME: folder, PATH: nothing, SSL_CERT_FILE: certificates, CHECKPOINT_DISABLE: '1' }
  const child = spawn(program, ['login', host], { cwd: nothing, env, stdio: 'pipe' })
  t.after(() => void child.kill('SIGKILL'))
  child.stdin.write('yes\n')
  let output = ''
  const ended = new Promise<number | null>((done) => child.once('close', done))
  const address = new Promise<string>((done, failed) => {
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding('utf8').on('data', (text: string) => {
        output += text
        const match = /https:\S+\/oauth\/authorize\?\S+/.exec(output)
        if (match) done(match[0])
      })
    ended.then(() => failed(new Error(output)), failed)
  })
  return { address, ended, output: () => output, env, nothing }
}

async function agree(t: TestContext, browser: Browser, { link }: Started, address: string): Promise<void> {
  const context = await browser.newContext({ ignoreHTTPSErrors: true, reducedMotion: 'reduce' })
  t.after(() => context.close())
  const page = await context.newPage()
  await signInByLink(page, link, strong)
  await page.goto(address)
  await page.getByRole('heading', { name: 'Authorize Terraform' }).waitFor()
  await page.getByLabel('Token name').fill('made by login')
  const redirected = page.waitForRequest(/^http:\/\/localhost:\d+\/login/)
  await page.getByRole('button', { name: 'Authorize' }).click()
  // The program may exit before the browser has read its response; the request is what counts.
  await (await redirected).response().catch(() => null)
  // The program waits until no client is connected.
  await context.close()
}

describe('the real program signs in', { concurrency: false }, () => {
  for (const name of programs) {
    const program = found.get(name)
    const named = `${name} login stores the token that the user agreed to, and ${name} logout deletes it`
    test(named, { skip: noBrowser ? 'no browser runs here' : program ? false : 'it is not installed' }, async (t) => {
      const started = await serve(t)
      const browser = await startBrowser(t)
      const login = startLogin(t, program as string, started)
      await agree(t, browser, started, await login.address)
      assert.equal(await login.ended, 0, login.output())
      const file = join(started.folder, '.terraform.d/credentials.tfrc.json')
      const { token } = JSON.parse(readFileSync(file, 'utf8')).credentials[started.host]
      assert.ok(!login.output().includes(token), 'the program does not print the token')

      // The command reads the token from the program's credentials file.
      const environment = { MINTMARK_HOST: `https://${started.host}`, NODE_EXTRA_CA_CERTS: started.certificates }
      const who = await mintmark(t, ['whoami', '--json'], { folder: started.folder, environment })
      assert.equal(JSON.parse(who.stdout).token.name, 'made by login', who.stderr)

      const { env, nothing: cwd } = login
      const logout = spawnSync(program as string, ['logout', started.host], { cwd, env, encoding: 'utf8' })
      assert.equal(logout.status, 0, logout.stderr)
      assert.ok(!readFileSync(file, 'utf8').includes(token))
    })
  }
})
