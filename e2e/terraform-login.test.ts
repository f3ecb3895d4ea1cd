/** `terraform login` and `tofu login`, the real ones found on the path, and somebody who agrees in a real browser. */
import assert from 'node:assert/strict'
import { spawn, spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { describe, type TestContext, test } from 'node:test'
import { emptyFolder, mintmark, startMintmark } from '../cli/run-mintmark.ts'
import { strong } from '../testing/browser.ts'
import { type Browser, noBrowser, signInByLink, startBrowser } from '../testing/chromium.ts'

const programs = ['terraform', 'tofu'] as const

/** Where each is on this machine. */
const found = new Map(
  programs.map((name) => {
    const folders = (process.env.PATH ?? '').split(delimiter)
    return [name, folders.map((folder) => join(folder, name)).find(existsSync)]
  }),
)

interface Started {
  readonly host: string
  /** The folder where the program looks for its configuration, and the authority's data lie. */
  readonly folder: string
  readonly certificates: string
  /** The link that signs the owner in, once. */
  readonly link: string
}

async function serve(t: TestContext): Promise<Started> {
  const folder = emptyFolder(t)
  const running = startMintmark(t, ['serve', '--quickstart', '--tls', 'self-signed', '--port', '0'], { folder })
  const said = await running.printed(/Console {2}\S+/)
  const link = /Console {2}(\S+)/.exec(said)?.[1] ?? ''
  return { host: new URL(link).host, folder, certificates: join(folder, 'data/tls/ca.pem'), link }
}

/** The program with one answer to its question, and no browser that it could open. */
function startLogin(t: TestContext, program: string, { host, folder, certificates }: Started) {
  const nothing = join(folder, 'nothing')
  mkdirSync(nothing)
  // Made by Terraform when it looks for new versions of itself, which it may not here.
  mkdirSync(join(folder, '.terraform.d'))
  const env = { HOME: folder, PATH: nothing, SSL_CERT_FILE: certificates, CHECKPOINT_DISABLE: '1' }
  const child = spawn(program, ['login', host], { cwd: nothing, env, stdio: 'pipe' })
  t.after(() => void child.kill('SIGKILL'))
  child.stdin.write('yes\n')
  let said = ''
  const ended = new Promise<number | null>((done) => child.once('close', done))
  const address = new Promise<string>((done, failed) => {
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding('utf8').on('data', (text: string) => {
        said += text
        const asked = /https:\S+\/oauth\/authorize\?\S+/.exec(said)
        if (asked) done(asked[0])
      })
    ended.then(() => failed(new Error(said)), failed)
  })
  return { address, ended, said: () => said, env, nothing }
}

async function agree(t: TestContext, browser: Browser, { link }: Started, address: string): Promise<void> {
  const context = await browser.newContext({ ignoreHTTPSErrors: true, reducedMotion: 'reduce' })
  t.after(() => context.close())
  const page = await context.newPage()
  await signInByLink(page, link, strong)
  await page.goto(address)
  await page.getByRole('heading', { name: 'Authorize Terraform' }).waitFor()
  await page.getByLabel('Token name').fill('made by login')
  await page.getByRole('button', { name: 'Authorize' }).click()
  await page.waitForURL(/^http:\/\/localhost:\d+\/login/)
  // The program waits until nobody is connected any more.
  await context.close()
}

describe('the real program signs in', { concurrency: false }, () => {
  for (const name of programs) {
    const program = found.get(name)
    const named = `${name} login keeps the token that was agreed to, and ${name} logout forgets it`
    test(named, { skip: noBrowser ? 'no browser runs here' : program ? false : 'it is not on the path' }, async (t) => {
      const started = await serve(t)
      const browser = await startBrowser(t)
      const login = startLogin(t, program as string, started)
      await agree(t, browser, started, await login.address)
      assert.equal(await login.ended, 0, login.said())
      const file = join(started.folder, '.terraform.d/credentials.tfrc.json')
      const { token } = JSON.parse(readFileSync(file, 'utf8')).credentials[started.host]
      assert.ok(!login.said().includes(token), 'the program shows no token')

      // The command reads the token where the program keeps it.
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
