import assert from 'node:assert/strict'
import { chmodSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { temporaryFolder } from '../../testing/temporary-folder.ts'
import { fixedWorld } from '../world.ts'
import { makeMasterKeys, readMasterKeys, readSettings, WrongUsage } from './config.ts'

const world = fixedWorld('2030-01-01T00:00:00.000Z')

test('defaults: loopback, port 8420, ./data, SQLite, no certificate, one second of staleness', () => {
  assert.partialDeepStrictEqual(readSettings({}, {}), {
    host: '127.0.0.1',
    port: 8420,
    database: null,
    tls: null,
    maxStalenessMilliseconds: 1_000,
    trustProxy: null,
    allowPrivateWebhooks: false,
    allowPrivateIssuers: false,
  })
  assert.equal(readSettings({}, {}).data, join(process.cwd(), 'data'))
})

test('metrics require a configured token, and a short token is rejected', () => {
  assert.equal(readSettings({}, {}).metricsToken, null)
  assert.equal(readSettings({}, { MINTMARK_METRICS_TOKEN: 'a'.repeat(16) }).metricsToken, 'a'.repeat(16))
  for (const text of ['short', `${'a'.repeat(16)} b`, 'é'.repeat(16)])
    assert.throws(() => readSettings({}, { MINTMARK_METRICS_TOKEN: text }), WrongUsage)
})

test('every option has a variable, and a flag overrides it', () => {
  const variables = {
    MINTMARK_HOST: '0.0.0.0',
    MINTMARK_PORT: '1',
    MINTMARK_DATA: '/a',
    MINTMARK_DATABASE: 'postgres://x/y',
    MINTMARK_TLS_CERT: 'c',
    MINTMARK_TLS_KEY: 'k',
    MINTMARK_PUBLIC_HOST: 'a.b',
    MINTMARK_TRUST_PROXY: '10.0.0.5, 10.1.0.0/16',
    MINTMARK_WEBHOOK_PRIVATE: 'true',
    MINTMARK_ISSUER_PRIVATE: 'true',
  }
  assert.partialDeepStrictEqual(readSettings({}, variables), {
    host: '0.0.0.0',
    port: 1,
    data: '/a',
    database: 'postgres://x/y',
    tls: { kind: 'files', cert: 'c', key: 'k' },
    publicHost: 'a.b',
    trustProxy: '10.0.0.5, 10.1.0.0/16',
    allowPrivateWebhooks: true,
    allowPrivateIssuers: true,
  })
  assert.partialDeepStrictEqual(readSettings({ port: '2', host: '::1' }, variables), { host: '::1', port: 2 })
  assert.deepEqual(readSettings({}, { MINTMARK_TLS: 'self-signed' }).tls, { kind: 'self-signed' })
})

describe('an invalid option is rejected in one line that names it:', () => {
  const cases: [flags: Record<string, string>, variables: Record<string, string>, names: RegExp][] = [
    [{ port: 'x' }, {}, /^--port: /],
    [{ port: '65536' }, {}, /^--port: /],
    [{ port: '-1' }, {}, /^--port: /],
    [{ database: 'mysql://x' }, {}, /^--database: /],
    [{ database: '/tmp/x.db' }, {}, /^--database: /],
    [{ tls: 'yes' }, {}, /^--tls: /],
    [{ tlsCert: 'c' }, {}, /^--tls-cert and --tls-key: /],
    [{ tls: 'self-signed', tlsCert: 'c', tlsKey: 'k' }, {}, /^--tls self-signed: /],
    [{ publicHost: 'a b' }, {}, /^--public-host: /],
    [{ drain: '-1' }, {}, /^--drain: /],
    [{ accessLog: 'some' }, {}, /^--access-log: expected all, errors or off$/],
    [{ trustProxy: 'all' }, {}, /^--trust-proxy: /],
    [{ trustProxy: '10.0.0.0/33' }, {}, /^--trust-proxy: /],
    [{}, { MINTMARK_MINT_MARK: 'scalrX' }, /^MINTMARK_MINT_MARK: /],
    [{}, { MINTMARK_MAX_STALENESS: '5' }, /^MINTMARK_MAX_STALENESS: /],
    [{}, { MINTMARK_LOG_LEVEL: 'loud' }, /^MINTMARK_LOG_LEVEL: /],
    [{}, { MINTMARK_WEBHOOK_PRIVATE: 'yes' }, /^MINTMARK_WEBHOOK_PRIVATE: /],
    [{}, { MINTMARK_ISSUER_PRIVATE: 'yes' }, /^MINTMARK_ISSUER_PRIVATE: /],
    [{}, { MINTMARK_LEAK_KEYS: '/nowhere/keys.json' }, /MINTMARK_LEAK_KEYS/],
    [{}, { MINTMARK_LEAK_KEYS_URL: 'http://example.com/keys' }, /^MINTMARK_LEAK_KEYS_URL/],
    [{}, { MINTMARK_GITHUB_TOKEN: 't' }, /^MINTMARK_GITHUB_WEBHOOK_SECRET: /],
    [{}, { MINTMARK_GITHUB_WEBHOOK_SECRET: 's', MINTMARK_GITHUB_APP: 'a' }, /^MINTMARK_GITHUB_WEBHOOK_SECRET: /],
    [
      {},
      { MINTMARK_GITHUB_WEBHOOK_SECRET: 's', MINTMARK_GITHUB_APP: 'a', MINTMARK_GITHUB_APP_KEY: '/nowhere/key.pem' },
      /^MINTMARK_GITHUB_APP_KEY: /,
    ],
    [
      {},
      { MINTMARK_GITHUB_WEBHOOK_SECRET: 's', MINTMARK_GITHUB_TOKEN: 't', MINTMARK_GITHUB_API: 'http://example.com' },
      /^MINTMARK_GITHUB_API: /,
    ],
  ]
  for (const [flags, variables, names] of cases) {
    test(JSON.stringify({ ...flags, ...variables }), () => {
      assert.throws(
        () => readSettings(flags, variables),
        (error: Error) => error instanceof WrongUsage && names.test(error.message) && !error.message.includes('\n'),
      )
    })
  }
})

describe('the master key', () => {
  test('is created once, in a file that only its owner can read', (t) => {
    const data = join(temporaryFolder(t), 'data')
    const settings = { ...readSettings({}, {}), data }
    const [[generation, key] = []] = makeMasterKeys(settings, world)
    assert.deepEqual([generation, key?.length], [1, 32])
    assert.equal(statSync(join(data, 'master.key')).mode & 0o777, 0o600)
    assert.equal(statSync(data).mode & 0o777, 0o700)
    assert.deepEqual(makeMasterKeys(settings, world), new Map([[1, key]]))
    chmodSync(join(data, 'master.key'), 0o644)
    readMasterKeys(settings)
    assert.equal(statSync(join(data, 'master.key')).mode & 0o777, 0o600)
  })

  test('can be given, in several generations', () => {
    const text = [3, 12]
      .map((generation) => `${generation}:${Buffer.alloc(32, generation).toString('base64')}`)
      .join(', ')
    const settings = readSettings({}, { MINTMARK_MASTER_KEY: text })
    assert.deepEqual([...readMasterKeys(settings).keys()], [3, 12])
    assert.deepEqual(
      readMasterKeys({ ...settings, masterKey: Buffer.alloc(32, 5).toString('base64url') }),
      new Map([[1, Buffer.alloc(32, 5)]]),
    )
  })

  test('is rejected if invalid, and not repeated', (t) => {
    const settings = readSettings({}, {})
    for (const masterKey of ['secret-but-short', 'x:y', `1:${'A'.repeat(20)}`])
      assert.throws(
        () => readMasterKeys({ ...settings, masterKey }),
        (error: Error) => error instanceof WrongUsage && !error.message.includes(masterKey),
      )
    const folder = temporaryFolder(t)
    mkdirSync(join(folder, 'master.key'))
    assert.throws(
      () => readMasterKeys({ ...settings, data: folder }),
      /^WrongUsage: --data: .*master\.key cannot be read \(EISDIR\)/,
    )
    writeFileSync(join(folder, 'file'), '')
    assert.throws(() => makeMasterKeys({ ...settings, data: join(folder, 'file') }, world), WrongUsage)
    assert.equal(readFileSync(join(folder, 'file'), 'utf8'), '')
  })
})
