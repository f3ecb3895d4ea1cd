import assert from 'node:assert/strict'
import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { temporaryFolder } from '../../../testing/temporary-folder.ts'
import { readMasterKeys, readSettings, type Settings, WrongUsage } from '../config.ts'

const key = Buffer.alloc(32, 5).toString('base64')

const refused = (says: RegExp) => (error: Error) =>
  error instanceof WrongUsage && says.test(error.message) && !error.message.includes('\n')

describe('a setting in a file:', () => {
  const cases: [variable: string, value: string, read: (settings: Settings) => unknown][] = [
    ['MASTER_KEY', key, ({ masterKey }) => masterKey],
    ['DATABASE', 'postgres://user:secret@host/name', ({ database }) => database],
    ['METRICS_TOKEN', 'm'.repeat(20), ({ metricsToken }) => metricsToken],
    ['GITLAB_TOKEN', 'gitlab-secret', ({ gitlabToken }) => gitlabToken],
    ['LOG_LEVEL', 'warn', ({ logLevel }) => logLevel],
    ['PORT', '9000', ({ port }) => String(port)],
  ]
  for (const [name, value, read] of cases) {
    test(`MINTMARK_${name}_FILE equals MINTMARK_${name}, without the trailing line break`, (t) => {
      const path = join(temporaryFolder(t), 'secret')
      for (const text of [value, `${value}\n`, `${value}\r\n`, `\ufeff${value}\n`]) {
        writeFileSync(path, text)
        assert.equal(read(readSettings({}, { [`MINTMARK_${name}_FILE`]: path })), value)
      }
      assert.equal(read(readSettings({}, { [`MINTMARK_${name}`]: value })), value)
    })

    test(`MINTMARK_${name} and MINTMARK_${name}_FILE together are rejected, and so is an unreadable file`, (t) => {
      const folder = temporaryFolder(t)
      const path = join(folder, 'secret')
      const variable = `MINTMARK_${name}_FILE`
      writeFileSync(path, value)
      assert.throws(
        () => readSettings({}, { [variable]: path, [`MINTMARK_${name}`]: value }),
        refused(new RegExp(`^MINTMARK_${name} and ${variable}: set only one of them$`)),
      )
      assert.throws(() => readSettings({}, { [variable]: folder }), refused(/_FILE: .* cannot be read \(EISDIR\)$/))
      assert.throws(() => readSettings({}, { [variable]: `${path}x` }), refused(/_FILE: .* cannot be read \(ENOENT\)$/))
      writeFileSync(path, '\n')
      assert.throws(() => readSettings({}, { [variable]: path }), refused(/_FILE: .*secret is empty$/))
      writeFileSync(path, Buffer.from([0x73, 0x65, 0xe9, 0x0a]))
      assert.throws(
        () => readSettings({}, { [variable]: path }),
        refused(/_FILE: .*secret: expected UTF-8, found byte 0xe9 at offset 2 \(line 1\)$/),
      )
      writeFileSync(path, Buffer.alloc(2_000_000, 0x61))
      assert.throws(() => readSettings({}, { [variable]: path }), refused(/_FILE: .* is larger than \d+ bytes$/))
    })
  }

  test('mail and GitHub read their secrets from files too', (t) => {
    const folder = temporaryFolder(t)
    const file = (name: string, text: string) => {
      writeFileSync(join(folder, name), text)
      return join(folder, name)
    }
    const { mail, github } = readSettings(
      {},
      {
        MINTMARK_SMTP_URL_FILE: file('smtp', 'smtps://user:password@mail.example.com\n'),
        MINTMARK_MAIL_FROM: 'mintmark@example.com',
        MINTMARK_GITHUB_WEBHOOK_SECRET_FILE: file('webhook', 'hook-secret\n'),
        MINTMARK_GITHUB_TOKEN_FILE: file('github', 'github-token\n'),
      },
    )
    assert.equal(mail?.address, 'smtps://user:password@mail.example.com')
    assert.partialDeepStrictEqual(github, { webhookSecret: 'hook-secret', login: { token: 'github-token' } })
  })

  test('for a setting that is a path, gives the path', () => {
    const variables = { MINTMARK_TLS_CERT_FILE: '/run/secrets/tls.crt', MINTMARK_TLS_KEY_FILE: '/run/secrets/tls.key' }
    assert.deepEqual(readSettings({}, variables).tls, {
      kind: 'files',
      cert: '/run/secrets/tls.crt',
      key: '/run/secrets/tls.key',
    })
  })

  test('is overridden by an option on the command line', () => {
    assert.equal(readSettings({ port: '1' }, { MINTMARK_PORT_FILE: '/nowhere' }).port, 1)
  })
})

describe('the variables that Kubernetes and Docker create for a service', () => {
  const service = {
    MINTMARK_SERVICE_HOST: '10.96.7.7',
    MINTMARK_SERVICE_PORT: '8420',
    MINTMARK_SERVICE_PORT_HTTP: '8420',
    MINTMARK_PORT: 'tcp://10.96.7.7:8420',
    MINTMARK_PORT_8420_TCP: 'tcp://10.96.7.7:8420',
    MINTMARK_PORT_8420_TCP_PROTO: 'tcp',
    MINTMARK_PORT_8420_TCP_PORT: '8420',
    MINTMARK_PORT_8420_TCP_ADDR: '10.96.7.7',
    MINTMARK_PORT_53_UDP: 'udp://10.96.7.7:53',
    MINTMARK_TLS_SERVICE_HOST: '10.96.7.8',
    MINTMARK_TLS_PORT: 'tcp://[fd00::8]:443',
    MINTMARK_PUBLIC_METRICS_PORT_9090_TCP_ADDR: '10.96.7.9',
  }

  test('are ignored without a warning', () => {
    const { port, tls, warnings } = readSettings({}, service)
    assert.deepEqual([port, tls, warnings], [8420, null, []])
  })

  test('do not affect a port from a file or an option', (t) => {
    const path = join(temporaryFolder(t), 'port')
    writeFileSync(path, '9001\n')
    assert.equal(readSettings({}, { ...service, MINTMARK_PORT_FILE: path }).port, 9001)
    assert.equal(readSettings({ port: '9002' }, service).port, 9002)
  })

  test('are not ignored if they have another form', () => {
    for (const port of ['http://10.96.7.7:8420', 'tcp:8420', '10.96.7.7:8420'])
      assert.throws(() => readSettings({}, { MINTMARK_PORT: port }), refused(/^--port: expected a whole number/))
  })
})

test('an unknown variable is reported with the closest setting, without its value', () => {
  const { warnings } = readSettings(
    {},
    {
      MINTMARK_MASTERKEY: 'very-secret',
      MINTMARK_DATABASE_URL: 'postgres://user:very-secret@host/name',
      MINTMARK_TLS_CRT: 'very-secret',
      MINTMARK_XYZZY_PLUGH: 'very-secret',
      MINTMARK_METRIC_TOKEN_FILE: '/run/secrets/metrics',
      MINTMARK_TOKEN: 'of a client',
      MINTMARK_TEST_POSTGRES: 'of the tests',
      MINTMARKET: 'of another program',
      PORT: '1',
    },
  )
  assert.deepEqual(warnings, [
    'MINTMARK_DATABASE_URL is not a known setting and is ignored; did you mean MINTMARK_DATABASE?',
    'MINTMARK_MASTERKEY is not a known setting and is ignored; did you mean MINTMARK_MASTER_KEY?',
    'MINTMARK_METRIC_TOKEN_FILE is not a known setting and is ignored; did you mean MINTMARK_METRICS_TOKEN_FILE?',
    'MINTMARK_TLS_CRT is not a known setting and is ignored; did you mean MINTMARK_TLS_CERT?',
    'MINTMARK_XYZZY_PLUGH is not a known setting and is ignored',
  ])
})

test('a public URL has to be an origin', () => {
  for (const [text, origin] of [
    ['https://mintmark.example.com', 'https://mintmark.example.com'],
    ['https://Mintmark.Example.com:443/', 'https://mintmark.example.com'],
    ['http://localhost:8420', 'http://localhost:8420'],
    ['https://[2001:db8::1]:8443', 'https://[2001:db8::1]:8443'],
  ] as const)
    assert.equal(readSettings({ publicUrl: text }, {}).publicUrl, origin)
  for (const text of [
    'mintmark.example.com',
    'ftp://mintmark.example.com',
    'https://mintmark.example.com/tokens',
    'https://mintmark.example.com/?a',
    'https://user:password@mintmark.example.com',
    'https://',
    'https://a b',
    'https://a\\b',
    'https://a:99999',
  ])
    assert.throws(() => readSettings({ publicUrl: text }, {}), refused(/^--public-url: expected a URL/), text)
})

test('no master key is created for an existing store', (t) => {
  const data = join(temporaryFolder(t), 'data')
  mkdirSync(data)
  const settings = { ...readSettings({}, {}), data }
  assert.throws(
    () => readMasterKeys(settings),
    refused(/master\.key is missing, but the database is encrypted with it/),
  )
  assert.equal(existsSync(join(data, 'master.key')), false)
})
