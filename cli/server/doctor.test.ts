import assert from 'node:assert/strict'
import { chmodSync, rmSync, statSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { mintmark, type RunOptions, startMintmark } from '../../testing/cli/run-mintmark.ts'
import { temporaryFolder } from '../../testing/temporary-folder.ts'
import { checkServer, expiry } from './check-server.ts'

type Row = { readonly name: string; readonly status: string; readonly detail: string }

async function checks(t: TestContext, args: readonly string[], options: RunOptions) {
  const { code, stdout } = await mintmark(t, ['doctor', ...args, '--json'], options)
  const rows: Row[] = JSON.parse(stdout)
  return { code, statusOf: Object.fromEntries(rows.map(({ name, status }) => [name, status])), rows }
}

test('doctor finds nothing wrong with a running server, also over TLS', async (t) => {
  for (const flags of [[], ['--tls', 'self-signed']]) {
    const folder = temporaryFolder(t)
    const serving = startMintmark(t, ['serve', '--quickstart', '--port', '0', ...flags], { folder })
    const shown = await serving.printed(/is listening on/)
    const url = /is listening on (\S+)/.exec(shown)?.[1] ?? ''
    const environment = { SSL_CERT_FILE: /SSL_CERT_FILE=(\S+)/.exec(shown)?.[1] ?? '' }
    const { code, statusOf } = await checks(t, ['--url', url], { folder, environment })
    const common = {
      Settings: 'ok',
      Database: 'ok',
      'Master key': 'ok',
      'Disk space': 'ok',
      Server: 'ok',
      Ready: 'ok',
      Clock: 'ok',
    }
    assert.deepEqual([code, statusOf], [0, flags.length > 0 ? { ...common, Certificate: 'ok' } : common])
    serving.kill('SIGTERM')
    await serving.finished
  }
})

test('doctor reports what is wrong, changes nothing and exits with 1', async (t) => {
  const folder = temporaryFolder(t)
  assert.equal((await mintmark(t, ['init'], { folder })).code, 0)
  const key = join(folder, 'data', 'master.key')
  chmodSync(key, 0o644)
  const { code, statusOf } = await checks(t, ['--url', 'http://127.0.0.1:2'], {
    folder,
    environment: { MINTMARK_PROT: '1' },
  })
  assert.deepEqual(
    [code, statusOf['Master key'], statusOf['Server'], statusOf['Settings']],
    [1, 'failed', 'failed', 'warning'],
  )
  assert.equal(statSync(key).mode & 0o777, 0o644)
  rmSync(join(folder, 'data'), { recursive: true })
  const empty = await checks(t, ['--url', 'http://127.0.0.1:2'], { folder })
  assert.deepEqual(
    [empty.statusOf['Database'], empty.statusOf['Master key'], empty.statusOf['Disk space']],
    ['failed', 'failed', 'failed'],
  )
  const text = await mintmark(t, ['doctor', '--url', 'http://127.0.0.1:2'], { folder })
  assert.match(text.stdout, /^Server +failed: http:\/\/127\.0\.0\.1:2 cannot be reached \(ECONNREFUSED\)$/m)
  assert.match(text.stderr, /^mintmark: 4 of 5 checks failed\n$/)
})

test('a server that is not ready, or whose clock differs, is reported', async (t) => {
  const server = createServer((_request, response) => {
    response.sendDate = false
    response.writeHead(503, { date: 'Mon, 01 Jan 2035 00:00:00 GMT' }).end('not ready')
  }).listen(0, '127.0.0.1')
  await new Promise((listening) => server.once('listening', listening))
  t.after(() => {
    server.close()
    server.closeAllConnections()
  })
  const found = await checkServer(`http://127.0.0.1:${(server.address() as AddressInfo).port}`)
  assert.deepEqual(
    found.map(({ name, status }) => [name, status]),
    [
      ['Server', 'ok'],
      ['Ready', 'failed'],
      ['Clock', 'failed'],
    ],
  )
})

test('a certificate is reported two weeks before it expires', () => {
  const at = new Date('2030-01-01T00:00:00Z')
  for (const [until, status] of [
    ['Jan 20 00:00:00 2030 GMT', 'ok'],
    ['Jan 10 00:00:00 2030 GMT', 'warning'],
    ['Dec 31 23:00:00 2029 GMT', 'failed'],
  ] as const)
    assert.equal(expiry(until, at).status, status)
})
