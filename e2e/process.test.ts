/** The server as a process: signals, restarts, replaced certificates, and a killed launcher. */
import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { renameSync, writeFileSync } from 'node:fs'
import { get as secureGet } from 'node:https'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import type { TLSSocket } from 'node:tls'
import { fileURLToPath } from 'node:url'
import { selfSignedCertificate } from '../authority/http/tls/self-signed.ts'
import { realWorld } from '../authority/world.ts'
import { compileCache } from '../testing/compile-cache.ts'
import { eventually } from '../testing/eventually.ts'
import { restartUnderLoad } from '../testing/restart.ts'
import { temporaryFolder } from '../testing/temporary-folder.ts'

const root = fileURLToPath(new URL('..', import.meta.url))

interface Started {
  readonly child: ChildProcess
  readonly address: string
  /** The first token, if the store was empty. */
  readonly token: string
  readonly ended: Promise<unknown>
  log(): string
}

/** Runs `mintmark serve`, directly or through the launcher. */
async function serve(
  t: TestContext,
  data: string,
  { variables = {}, program = ['cli/main.ts'] }: { variables?: Record<string, string>; program?: string[] } = {},
): Promise<Started> {
  const args = [...program, 'serve', '--quickstart', '--port', '0', '--data', data]
  const child = spawn(process.execPath, args, {
    cwd: root,
    env: { ...compileCache, PATH: process.env['PATH'], HOME: data, MINTMARK_DRAIN: '0', ...variables },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  t.after(() => child.kill('SIGKILL'))
  let [output, log] = ['', '']
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    output += text
  })
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    log += text
  })
  const address = await eventually('the server is listening', async () => {
    if (child.exitCode !== null) throw new Error(`it did not start: ${log}`)
    return /is listening on (\S+)/.exec(output)?.[1]
  })
  return { child, address, token: /eyJ\S+/.exec(output)?.[0] ?? '', ended: once(child, 'exit'), log: () => log }
}

const statusOf = (url: string) =>
  fetch(url).then(
    ({ status, headers }) => ({ status, connection: headers.get('connection') }),
    () => undefined,
  )

test('after SIGTERM readiness fails with 503 and requests are still served, each with Connection: close', async (t) => {
  const { child, address, ended } = await serve(t, temporaryFolder(t), { variables: { MINTMARK_DRAIN: '600' } })
  assert.equal((await statusOf(`${address}/readyz`))?.status, 200)
  child.kill('SIGTERM')
  await eventually('the readiness probe fails with 503', async () =>
    (await statusOf(`${address}/readyz`))?.status === 503 ? true : undefined,
  )
  for (const path of ['/healthz', '/api/iacp/v3/ping', '/nowhere']) {
    const answer = await statusOf(address + path)
    assert.ok(answer && answer.status < 500, path)
    assert.equal(answer.connection, 'close', path)
  }
  child.kill('SIGTERM')
  assert.equal((await statusOf(`${address}/healthz`))?.status, 200, 'a second SIGTERM does not shorten the drain')
  child.kill('SIGINT')
  assert.deepEqual(await ended, [0, null], 'Ctrl-C ends it')
})

test('no request fails while a server is replaced behind a proxy that checks readiness', async (t) => {
  const data = temporaryFolder(t)
  const first = await serve(t, data)
  const variables = { MINTMARK_DRAIN: '1' }
  const { requests, failures } = await restartUnderLoad({
    times: 1,
    clients: 4,
    token: first.token,
    start: async () => {
      const { child, address, ended } = await serve(t, data, { variables })
      return { address, stop: async () => void (child.kill('SIGTERM') && (await ended)) }
    },
  })
  assert.deepEqual(failures, [])
  assert.ok(requests > 10, `${requests} requests`)
})

test('a replaced certificate is used without a restart, unless it does not match its key', async (t) => {
  const folder = temporaryFolder(t)
  const file = (name: string) => join(folder, name)
  const pairs = await Promise.all(['one', 'two', 'three'].map(pairIn))
  async function pairIn(name: string) {
    const now = realWorld.now()
    return await selfSignedCertificate({ folder: file(name), hosts: [], now, random: realWorld.random })
  }
  const replace = (name: string, text = '') => {
    writeFileSync(file(`${name}.new`), text)
    renameSync(file(`${name}.new`), file(name))
  }
  replace('cert.pem', pairs[0]?.cert)
  replace('key.pem', pairs[0]?.key)
  replace('level', 'error\n')
  replace('access', 'off\n')
  replace('master', Buffer.alloc(32, 1).toString('base64'))
  const variables = {
    MINTMARK_TLS_CERT: file('cert.pem'),
    MINTMARK_TLS_KEY: file('key.pem'),
    MINTMARK_LOG_LEVEL_FILE: file('level'),
    MINTMARK_ACCESS_LOG_FILE: file('access'),
    MINTMARK_MASTER_KEY_FILE: file('master'),
  }
  const { child, address, ended, log } = await serve(t, file('data'), { variables })
  const isServed = async (pair = 0) =>
    (await certificateOf(address)) === pairs[pair]?.cert.split('-----END')[0] ? true : undefined
  assert.ok(await isServed(0))

  // Only half of the pair is replaced: the previous certificate stays in use.
  replace('cert.pem', pairs[1]?.cert)
  await eventually('the log reports the mismatch', async () => (/could not be loaded/.test(log()) ? true : undefined))
  assert.ok(await isServed(0))
  replace('key.pem', pairs[1]?.key)
  await eventually('the second certificate is served', () => isServed(1))

  replace('cert.pem', pairs[2]?.cert)
  replace('key.pem', pairs[2]?.key)
  replace('level', 'info\n')
  replace('access', 'errors\n')
  child.kill('SIGHUP')
  await eventually('the third certificate is served', () => isServed(2))
  await eventually('the log levels are reloaded', async () =>
    /"logLevel":"info","accessLog":"errors".*"reloaded"/.test(log()) ? true : undefined,
  )
  assert.doesNotMatch(log(), /keys could not be reloaded/)
  replace('level', 'loud\n')
  replace('master', Buffer.alloc(32, 2).toString('base64'))
  child.kill('SIGHUP')
  await eventually('an invalid level is logged', async () =>
    /settings could not be reloaded/.test(log()) ? true : undefined,
  )
  replace('level', 'info\n')
  child.kill('SIGHUP')
  await eventually('a wrong master key is logged', async () =>
    /keys could not be reloaded/.test(log()) ? true : undefined,
  )
  assert.doesNotMatch(log(), /PRIVATE KEY|eyJ/)
  child.kill('SIGTERM')
  assert.deepEqual(await ended, [0, null])
})

function certificateOf(address: string): Promise<string | undefined> {
  return new Promise((done) => {
    secureGet(`${address}/healthz`, { rejectUnauthorized: false, agent: false }, (answer) => {
      const { raw } = (answer.socket as TLSSocket).getPeerCertificate()
      answer.resume()
      done(
        `-----BEGIN CERTIFICATE-----\n${raw
          .toString('base64')
          .replace(/(.{64})/g, '$1\n')
          .trim()}\n`,
      )
    }).on('error', () => done(undefined))
  })
}

test('when the launcher is killed, the server stops and releases its port', async (t) => {
  const { child, address, ended } = await serve(t, temporaryFolder(t), { program: ['tools/run.mjs', 'cli/main.ts'] })
  assert.equal((await statusOf(`${address}/healthz`))?.status, 200)
  child.kill('SIGKILL')
  await ended
  await eventually('the port is closed', async () => ((await statusOf(`${address}/healthz`)) ? undefined : true))
})
