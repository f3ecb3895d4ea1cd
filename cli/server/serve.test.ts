import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { type AddressInfo, createServer } from 'node:net'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { test } from 'node:test'
import { mintmark, startMintmark } from '../../testing/cli/run-mintmark.ts'
import { compileCache } from '../../testing/compile-cache.ts'
import { temporaryFolder } from '../../testing/temporary-folder.ts'

const addressIn = (stdout: string) => /is listening on (\S+)/.exec(stdout)?.[1] ?? ''
const tokenIn = (stdout: string) => /eyJ\S+/.exec(stdout)?.[0] ?? ''

test('serve --quickstart prints a token only at the first start, and exits with 0 on a signal', async (t) => {
  const folder = temporaryFolder(t)
  const first = startMintmark(t, ['serve', '--quickstart', '--port', '0'], { folder })
  const shown = await first.printed(/is listening on/)
  assert.match(shown, /^Account {2}acc-\S+\nOwner {4}\S+@\S+\nToken {4}eyJ/)
  const environment = { MINTMARK_HOST: addressIn(shown), MINTMARK_TOKEN: tokenIn(shown) }
  assert.equal((await mintmark(t, ['whoami'], { environment })).code, 0)
  first.kill('SIGTERM')
  assert.equal((await first.finished).code, 0)

  const second = startMintmark(t, ['serve', '--quickstart', '--port', '0'], { folder })
  const later = await second.printed(/Console/)
  assert.match(later, /\nConsole {2}http:\/\/localhost:\d+\n$/)
  assert.doesNotMatch(later, /eyJ|Token/)
  const again = { ...environment, MINTMARK_HOST: addressIn(later) }
  assert.equal((await mintmark(t, ['whoami'], { environment: again })).code, 0)
  // npm and the terminal both send the signal.
  for (let times = 0; times < 3; times++) second.kill('SIGINT')
  assert.equal((await second.finished).code, 0)
  assert.equal(existsSync(join(folder, 'data/mintmark.db-wal')), false, 'the write-ahead log is checkpointed')
})

test('serve keeps running when the reader of its output, such as head, ends', async (t) => {
  const folder = temporaryFolder(t)
  const child = spawn(
    process.execPath,
    [join(import.meta.dirname, '../main.ts'), 'serve', '--quickstart', '--port', '0'],
    {
      cwd: folder,
      env: { ...compileCache, HOME: folder, MINTMARK_DRAIN: '0', MINTMARK_LOG_LEVEL: 'debug' },
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  )
  t.after(() => void child.kill('SIGKILL'))
  child.stdout.destroy()
  const exit = once(child, 'exit')
  const lines = createInterface({ input: child.stderr })
  for await (const line of lines) {
    if (line.includes('accepting requests')) child.kill('SIGHUP')
    if (line.includes('"reloaded"')) child.kill('SIGKILL')
  }
  assert.deepEqual(await exit, [null, 'SIGKILL'])
})

test('serve with an empty database points to init, prints no secret and exits with 2', async (t) => {
  const { code, stdout, stderr } = await mintmark(t, ['serve', '--port', '0'])
  assert.deepEqual([code, stdout], [2, ''])
  assert.match(stderr, /^mintmark: the database is empty: run `mintmark init` first.*\n$/)
})

test('serve on a port in use or with an invalid option gives one line and exit code 2', async (t) => {
  const folder = temporaryFolder(t)
  assert.equal((await mintmark(t, ['init'], { folder })).code, 0)
  writeFileSync(join(folder, 'cert.pem'), 'no certificate')
  const other = createServer().listen(0, '127.0.0.1')
  await once(other, 'listening')
  t.after(() => other.close())
  const { port } = other.address() as AddressInfo
  for (const [args, says] of [
    [['--port', String(port)], /--port: \S+ is in use by another process/],
    [['--port', 'none'], /--port: expected a whole number/],
    [['--host', 'mintmark.invalid', '--port', '0'], /--host: \S+ is not an address of this machine/],
    [['--tls', 'magic'], /--tls: expected self-signed/],
    [['--tls-cert', 'cert.pem'], /set both or neither/],
    [['--tls-cert', 'cert.pem', '--tls-key', 'cert.pem'], /expected a PEM certificate and its private key/],
    [['--tls-cert', 'absent.pem', '--tls-key', 'absent.pem'], /cannot be read \(ENOENT\)/],
    [['--database', 'nowhere'], /--database: expected an address/],
    [['--public-host', 'A b'], /--public-host: expected a host name/],
  ] as const) {
    const { code, stdout, stderr } = await mintmark(t, ['serve', ...args], { folder })
    assert.deepEqual([code, stdout, stderr.split('\n').length], [2, '', 2], stderr)
    assert.match(stderr, says)
  }
})

test("serve without the database's master key fails and creates no other key", async (t) => {
  const folder = temporaryFolder(t)
  assert.equal((await mintmark(t, ['init'], { folder })).code, 0)
  const key = join(folder, 'data', 'master.key')
  rmSync(key)
  for (const args of [['serve', '--port', '0'], ['serve', '--quickstart', '--port', '0'], ['init']]) {
    const { code, stdout, stderr } = await mintmark(t, args, { folder })
    assert.deepEqual([code, stdout, stderr.split('\n').length], [2, '', 2], stderr)
    assert.match(
      stderr,
      args[0] === 'init' ? /already initialized/ : /master\.key is missing, but the database is encrypted with it/,
    )
    assert.equal(existsSync(key), false)
  }
})

test('an unknown variable gives a warning on stderr, variables of a Kubernetes service do not', async (t) => {
  const environment = {
    MINTMARK_MASTERKEY: 'secret',
    MINTMARK_PORT: 'tcp://10.96.7.7:8420',
    MINTMARK_SERVICE_PORT: '8420',
  }
  const { code, stderr } = await mintmark(t, ['init', '--json'], { environment })
  assert.equal(code, 0)
  assert.equal(
    stderr,
    'mintmark: MINTMARK_MASTERKEY is not a known setting and is ignored; did you mean MINTMARK_MASTER_KEY?\n',
  )
})

test('variables set options, and MINTMARK_HOST with a scheme is not an address to listen on', async (t) => {
  const folder = temporaryFolder(t)
  const environment = {
    MINTMARK_PORT: '0',
    MINTMARK_DATA: join(folder, 'elsewhere'),
    MINTMARK_HOST: 'http://127.0.0.1:8420',
  }
  const serving = startMintmark(t, ['serve', '--quickstart'], { folder, environment })
  assert.match(addressIn(await serving.printed(/is listening on/)), /^http:\/\/127\.0\.0\.1:\d+$/)
  assert.ok(existsSync(join(folder, 'elsewhere', 'mintmark.db')))
  const bare = { ...environment, MINTMARK_HOST: 'mintmark.invalid' }
  const refused = await mintmark(t, ['serve'], { folder, environment: bare })
  assert.match(refused.stderr, /mintmark\.invalid:0 is not an address of this machine/)
})

test('a self-signed certificate is trusted only with SSL_CERT_FILE, for every source of host and token', async (t) => {
  const folder = temporaryFolder(t)
  const serving = startMintmark(t, ['serve', '--quickstart', '--tls', 'self-signed', '--port', '0'], { folder })
  const shown = await serving.printed(/is listening on/)
  const SSL_CERT_FILE = /SSL_CERT_FILE=(\S+)/.exec(shown)?.[1] ?? ''
  const MINTMARK_HOST = addressIn(shown)
  const token = tokenIn(shown)
  assert.match(MINTMARK_HOST, /^https:/)

  const trusting = { MINTMARK_HOST, MINTMARK_TOKEN: token, SSL_CERT_FILE }
  assert.equal((await mintmark(t, ['whoami'], { environment: trusting })).code, 0)
  const doubting = await mintmark(t, ['whoami'], { environment: { MINTMARK_HOST, MINTMARK_TOKEN: token } })
  assert.equal(doubting.code, 1)
  assert.match(doubting.stderr, /certificate that is not trusted\nNext: Set SSL_CERT_FILE /)

  const host = MINTMARK_HOST.replace('https://127.0.0.1', 'localhost')
  const scalrs = { SCALR_HOSTNAME: host, SCALR_TOKEN: token, SSL_CERT_FILE }
  assert.equal((await mintmark(t, ['whoami'], { environment: scalrs })).code, 0)

  const home = temporaryFolder(t)
  mkdirSync(join(home, '.terraform.d'))
  const credentials = { [host]: { token } }
  writeFileSync(join(home, '.terraform.d', 'credentials.tfrc.json'), JSON.stringify({ credentials }))
  const found = await mintmark(t, ['whoami', '--json'], { folder: home, environment: { SSL_CERT_FILE } })
  assert.equal(found.code, 0, found.stderr)
  assert.equal(JSON.parse(found.stdout).host, `https://${host}`)
})
