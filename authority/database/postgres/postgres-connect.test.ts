/** Connecting to real servers, and to programs that are not PostgreSQL: accepted servers, options and errors. */
import assert from 'node:assert/strict'
import { KeyObject } from 'node:crypto'
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net'
import { join } from 'node:path'
import { after, before, describe, type TestContext, test } from 'node:test'
import 'reflect-metadata'
import { SubjectAlternativeNameExtension, X509CertificateGenerator } from '@peculiar/x509'
import type pg from 'pg'
import { emptyPostgres, type PostgresServer, query, sharedServer, startPostgres } from '../../../testing/postgres.ts'
import { temporaryFolder } from '../../../testing/temporary-folder.ts'
import { type PoolMode, transactionPooler } from '../../../testing/transaction-pooler.ts'
import { openDatabase } from '../database.ts'
import { DatabaseTrouble } from '../errors.ts'
import { postgresServer } from './postgres-connect.ts'
import { parsePostgresUrl } from './postgres-options.ts'

const serverOf = (url: string) => postgresServer(parsePostgresUrl(url), () => 0)

/** Resolves to the first row of a statement on a separate connection. */
async function ask<T>(url: string, text: string): Promise<T> {
  const client = await serverOf(url).connect({})
  try {
    const { rows } = await client.query(text)
    return rows[0] as T
  } finally {
    await client.end()
  }
}

const isTrouble = (sentence: RegExp, isPermanent: boolean) => (error: Error) => {
  assert.ok(error instanceof DatabaseTrouble, String(error.stack))
  assert.match(error.message, sentence)
  assert.ok(!error.message.includes('hush') && !error.message.includes('\n'), error.message)
  assert.equal(error.isPermanent, isPermanent, error.message)
  return true
}

/** A program that is not PostgreSQL, or sends only one message. Resolves to its port. */
async function program(t: TestContext, serve: (socket: Socket) => void): Promise<number> {
  const sockets = new Set<Socket>()
  const server = createServer((socket) => {
    sockets.add(socket.on('error', () => undefined))
    serve(socket)
  })
  t.after(() => {
    for (const socket of sockets) socket.destroy()
    server.close()
  })
  return listeningPort(server)
}

async function listeningPort(server: Server): Promise<number> {
  await once(server.listen(0, '127.0.0.1'), 'listening')
  return (server.address() as AddressInfo).port
}

const saysFirst = (text: string | Buffer) => (socket: Socket) => {
  socket.once('data', () => void socket.write(text as string))
}

/** An error message of the protocol, as a server sends it before authentication. */
function serverError(code: string, message: string): Buffer {
  const fields = Buffer.from(`SFATAL\0VFATAL\0C${code}\0M${message}\0\0`)
  const length = Buffer.alloc(4)
  length.writeUInt32BE(fields.length + 4)
  return Buffer.concat([Buffer.from('E'), length, fields])
}

describe('each cause has its own sentence and is retried only if that helps:', () => {
  const programs: Record<string, [serve: (socket: Socket) => void, sentence: RegExp, isPermanent: boolean]> = {
    'a web server': [
      saysFirst('HTTP/1.1 400 Bad Request\r\n\r\n'),
      /is not a PostgreSQL server: is the port right\?$/,
      true,
    ],
    'an SSH server': [(socket) => void socket.write('SSH-2.0-x\r\n'), /is not a PostgreSQL server/, true],
    'a mail server': [(socket) => void socket.write('220 mail\r\n'), /is not a PostgreSQL server/, true],
    'a proxy without a server behind it': [
      (socket) => void socket.once('data', () => socket.end()),
      /closed the connection without an answer/,
      false,
    ],
    'a server that never answers': [() => undefined, /did not answer in time: it is overloaded, or a firewall/, false],
  }
  // Without TLS: such a message is not a valid reply to the TLS request.
  const messages: typeof programs = {
    'a server that is starting up': [
      saysFirst(serverError('57P03', 'the database system is starting up')),
      /is not ready: it is starting up/,
      false,
    ],
    'a server that is shutting down': [saysFirst(serverError('57P01', 'terminating')), /is shutting down$/, false],
    'a server without a free connection': [
      saysFirst(serverError('53300', 'sorry, too many clients already')),
      /has no free connection: max_connections/,
      false,
    ],
    'a server whose pg_hba.conf rejects the client': [
      saysFirst(serverError('28000', 'no pg_hba.conf entry for host')),
      /has no rule in pg_hba\.conf/,
      true,
    ],
    'a pooler that rejects session settings': [
      saysFirst(serverError('08P01', 'unsupported startup parameter: options')),
      /is a connection pooler that rejects session settings/,
      true,
    ],
    'a pooler without the database': [
      saysFirst(serverError('08P01', 'database "x" does not exist')),
      /has no database of this name$/,
      true,
    ],
    'a pooler without the user': [
      saysFirst(serverError('08P01', 'SASL authentication failed')),
      /rejected the user name or password$/,
      true,
    ],
    'a pooler whose server is down': [
      saysFirst(serverError('08P01', 'server login has been failing, try again later')),
      /cannot be reached$/,
      false,
    ],
    'another failure': [saysFirst(serverError('0A000', 'odd')), /refused the connection: odd$/, false],
  }
  const cases = [
    ...Object.entries(programs).flatMap(([what, each]) => [
      [what, 'disable', each] as const,
      [what, 'prefer', each] as const,
    ]),
    ...Object.entries(messages).map(([what, each]) => [what, 'disable', each] as const),
  ]
  for (const [what, mode, [serve, sentence, isPermanent]] of cases) {
    test(`${what}, sslmode=${mode}`, async (t) => {
      const port = await program(t, serve)
      const url = `postgres://me:hush@127.0.0.1:${port}/x?sslmode=${mode}&connect_timeout=1`
      await assert.rejects(openDatabase({ url }), isTrouble(sentence, isPermanent))
    })
  }

  test('an unknown host', () =>
    assert.rejects(ask('postgres://me:hush@nowhere.invalid/x', 'select 1'), isTrouble(/cannot be found: /, false)))

  test('a socket that does not exist', () =>
    assert.rejects(
      ask('postgres://me:hush@%2Fnowhere/x', 'select 1'),
      isTrouble(/at \/nowhere cannot be reached: its socket/, false),
    ))

  test('a user without a free connection', async (t) => {
    const admin = await emptyPostgres(t)
    const url = new URL(admin)
    const role = `limited_${url.pathname.slice(-8)}`
    await query(admin, `create role ${role} login password 'hush' connection limit 0`)
    t.after(() => query(admin, `drop role ${role}`))
    url.username = role
    url.password = 'hush'
    await assert.rejects(openDatabase({ url: url.href }), isTrouble(/has no free connection/, false))
  })
})

describe('a start', () => {
  test('waits for a server to come up, reports the cause once, and continues', async (t) => {
    const url = new URL(await emptyPostgres(t))
    const real = Number(url.port)
    const later = createServer(
      (socket) => void socket.pipe(connect(real, '127.0.0.1').on('error', () => undefined)).pipe(socket),
    )
    const port = await listeningPort(later)
    later.close()
    url.port = String(port)
    const reported: string[] = []
    const say = (line: string) => {
      reported.push(line)
      if (reported.length === 1) later.listen(port, '127.0.0.1')
    }
    t.after(() => later.close())
    const database = await openDatabase({ url: url.href }, { waitMilliseconds: 3_600_000, say })
    await database.close()
    assert.equal(reported.length, 1)
    assert.match(
      reported[0] as string,
      /^Waiting for the database, at most \d+ s more: PostgreSQL at .* refused the connection: no program listens on this port\.$/,
    )
    assert.ok(!reported.join().includes(url.password))
  })

  test('fails with the cause after the timeout', async (t) => {
    const port = await program(t, (socket) => void socket.once('data', () => socket.end()))
    const opening = openDatabase({ url: `postgres://me:hush@127.0.0.1:${port}/x` }, { waitMilliseconds: 600 })
    await assert.rejects(opening, isTrouble(/closed the connection without an answer/, false))
  })

  const inVain: Record<string, (url: URL) => void> = {
    'a wrong password': (url) => (url.password = 'hush'),
    'an unknown database': (url) => (url.pathname = '/not_there'),
    'TLS that the server does not offer': (url) => (url.search = '?sslmode=require'),
    'a certificate file that does not exist': (url) => (url.search = '?sslmode=require&sslrootcert=/nowhere.pem'),
  }
  for (const [what, change] of Object.entries(inVain)) {
    test(`does not wait for a permanent error: ${what}`, async (t) => {
      const url = new URL(await emptyPostgres(t))
      change(url)
      const reported: string[] = []
      const opening = openDatabase(
        { url: url.href },
        { waitMilliseconds: 3_600_000, say: (line) => reported.push(line) },
      )
      await assert.rejects(opening, isTrouble(/./, true))
      assert.deepEqual(reported, [])
    })
  }

  test('is refused if the database has another encoding', async (t) => {
    const admin = await sharedServer()
    const url = new URL(admin)
    const name = `latin_${crypto.randomUUID().slice(0, 8)}`
    await query(admin, `create database ${name} encoding 'LATIN1' locale 'C' template template0`)
    t.after(() => query(admin, `drop database ${name} with (force)`))
    url.pathname = `/${name}`
    await assert.rejects(
      openDatabase({ url: url.href }),
      isTrouble(/encoding LATIN1; create one with encoding UTF8/, true),
    )
  })
})

describe('the pool', () => {
  test('opens no more connections than configured', async (t) => {
    const url = await emptyPostgres(t)
    const database = await openDatabase({ url: `${url}?application_name=pool_of_three`, pool: 3 })
    t.after(() => database.close())
    const { promise: enough, resolve: letGo } = Promise.withResolvers<void>()
    let isHeld = 0
    const { promise: allHeld, resolve: held } = Promise.withResolvers<void>()
    const work = Array.from({ length: 12 }, () =>
      database.write(async () => {
        if (++isHeld === 3) held()
        await enough
      }),
    )
    await allHeld
    const text = `select count(*)::int as many from pg_stat_activity where application_name = 'pool_of_three' and state = 'idle in transaction'`
    assert.deepEqual(await ask(url, text), { many: 3 })
    letGo()
    await Promise.all(work)
  })

  test('does not let a request wait forever for a connection', async (t) => {
    const server = serverOf(await emptyPostgres(t))
    const usual = server.newPool({})
    assert.ok(Number(usual.options.connectionTimeoutMillis) > 0, 'by default')
    await usual.end()
    const pool = server.newPool({ max: 1, connectionTimeoutMillis: 1_000 })
    const only = await pool.connect()
    try {
      await assert.rejects(pool.connect(), isTrouble(/every connection of this node is in use.*--database-pool/, false))
    } finally {
      only.release()
      await pool.end()
    }
  })
})

describe('TLS', () => {
  let server: PostgresServer
  let folder: string
  const lifted: (() => unknown)[] = []

  before(async () => {
    folder = temporaryFolder({ after: (end?: unknown) => void lifted.push(end as () => unknown) })
    const own = await certificate(folder, 'server', 'CN=localhost')
    const holder = await certificate(folder, 'holder', 'CN=holder')
    await certificate(folder, 'other', 'CN=localhost')
    server = await startPostgres({
      settings: { ssl: 'on', ssl_ca_file: 'clients.pem' },
      files: {
        'server.crt': own.cert,
        'server.key': own.key,
        'clients.pem': holder.cert,
        'pg_hba.conf': `hostnossl all plain_only all password
hostssl all tls_only all password
hostssl all holder all cert
host all postgres all password
`,
      },
    })
    await query(
      server.url,
      `create role plain_only login password 'hush'; create role tls_only login password 'hush'; create role holder login`,
    )
  })
  after(() => {
    server?.remove()
    for (const end of lifted) end()
  })

  const urlOf = (user: string, host: string, parameters: string) => {
    const url = new URL(server.url)
    url.hostname = host
    if (user) [url.username, url.password] = [user, user === 'holder' ? '' : 'hush']
    return `${url.href}?${parameters.replace(/@(\w+)/g, (_, name) => encodeURIComponent(join(folder, name)))}`
  }
  const isEncrypted = async (url: string) =>
    (await ask<{ ssl: boolean }>(url, 'select ssl from pg_stat_ssl where pid = pg_backend_pid()')).ssl

  const works: [user: string, host: string, parameters: string, encrypted: boolean][] = [
    ['', '127.0.0.1', 'sslmode=disable', false],
    ['', '127.0.0.1', 'sslmode=allow', false],
    ['tls_only', '127.0.0.1', 'sslmode=allow', true],
    ['', '127.0.0.1', '', true],
    ['', '127.0.0.1', 'sslmode=prefer', true],
    ['plain_only', '127.0.0.1', 'sslmode=prefer', false],
    ['', '127.0.0.1', 'sslmode=prefer&sslrootcert=@other.pem', true],
    ['', '127.0.0.1', 'sslmode=require', true],
    ['', '127.0.0.1', 'sslmode=no-verify', true],
    ['', '127.0.0.1', 'ssl=true', true],
    ['', '127.0.0.1', 'sslmode=require&sslrootcert=@server.pem', true],
    ['', '127.0.0.1', 'sslmode=verify-ca&sslrootcert=@server.pem', true],
    ['', 'localhost', 'sslmode=verify-full&sslrootcert=@server.pem', true],
    ['', 'localhost', 'sslmode=verify-full&sslrootcert=@server.pem&ssl_min_protocol_version=TLSv1.3', true],
    ['holder', '127.0.0.1', 'sslmode=require&sslcert=@holder.pem&sslkey=@holder_key.pem&sslpassword=hush', true],
  ]
  for (const [user, host, parameters, encrypted] of works) {
    test(`${parameters || 'no sslmode'} connects ${user || 'anybody'} at ${host} ${encrypted ? 'with' : 'without'} TLS`, async () =>
      assert.equal(await isEncrypted(urlOf(user, host, parameters)), encrypted))
  }

  const fails: [user: string, host: string, parameters: string, sentence: RegExp][] = [
    ['tls_only', '127.0.0.1', 'sslmode=disable', /no rule in pg_hba\.conf/],
    ['plain_only', '127.0.0.1', 'sslmode=require', /no rule in pg_hba\.conf/],
    ['', '127.0.0.1', 'sslmode=require&sslrootcert=@other.pem', /certificate that cannot be verified/],
    ['', '127.0.0.1', 'sslmode=verify-ca&sslrootcert=@other.pem', /certificate that cannot be verified/],
    ['', '127.0.0.1', 'sslmode=verify-full', /certificate that cannot be verified/],
    ['', 'localhost', 'sslmode=verify-full&sslrootcert=system', /certificate that cannot be verified/],
    ['', '127.0.0.1', 'sslmode=verify-full&sslrootcert=@server.pem', /certificate for another host name/],
    ['', '127.0.0.1', 'sslmode=verify-ca', /sslmode=verify-ca needs sslrootcert/],
    [
      'holder',
      '127.0.0.1',
      'sslmode=require&sslcert=@holder.pem&sslkey=@holder_key.pem&sslpassword=no',
      /PEM files that belong together/,
    ],
    [
      '',
      '127.0.0.1',
      'sslmode=require&sslcert=@holder.pem&sslkey=@nowhere.pem',
      /sslkey: .*nowhere\.pem cannot be read \(ENOENT\)/,
    ],
  ]
  for (const [user, host, parameters, sentence] of fails) {
    test(`${parameters} does not connect ${user || 'anybody'} at ${host}, permanently`, () =>
      assert.rejects(async () => isEncrypted(urlOf(user, host, parameters)), isTrouble(sentence, true)))
  }

  test('a whole store works over TLS with a certificate of a private authority', async () => {
    const database = await openDatabase({ url: urlOf('', 'localhost', 'sslmode=verify-full&sslrootcert=@server.pem') })
    await database.close()
  })
})

/** Self-signed, hence its own authority. The key of a client certificate is encrypted with a password. */
async function certificate(folder: string, name: string, subject: string): Promise<{ cert: string; key: string }> {
  const keys = await crypto.subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, true, ['sign', 'verify'])
  const made = await X509CertificateGenerator.createSelfSigned({
    name: subject,
    notBefore: new Date(Date.now() - 3_600_000),
    notAfter: new Date(Date.now() + 86_400_000),
    signingAlgorithm: { name: 'ECDSA', hash: 'SHA-256' },
    keys,
    extensions: [new SubjectAlternativeNameExtension([{ type: 'dns', value: 'localhost' }])],
  })
  const key = KeyObject.from(keys.privateKey)
  const cert = made.toString('pem')
  writeFileSync(join(folder, `${name}.pem`), cert)
  writeFileSync(
    join(folder, `${name}_key.pem`),
    key.export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'hush' }),
  )
  return { cert, key: key.export({ type: 'pkcs8', format: 'pem' }) as string }
}

describe('a connection pooler', () => {
  const poolers: Record<string, [mode: PoolMode, isRefused: boolean]> = {
    'in transaction mode, idle': ['transaction', true],
    'in transaction mode, round robin': ['round robin', true],
    'in transaction mode with a single connection': ['single', true],
    'in session mode': ['session', false],
  }
  for (const [what, [mode, isRefused]] of Object.entries(poolers)) {
    test(`${what} is ${isRefused ? 'refused immediately with the reason' : 'used'}`, async (t) => {
      const url = new URL(await emptyPostgres(t))
      url.port = String(await transactionPooler(t, Number(url.port), mode))
      url.search = '?sslmode=disable'
      const opening = openDatabase({ url: url.href }, { waitMilliseconds: 3_600_000 })
      if (isRefused)
        return assert.rejects(opening, isTrouble(/pooler in transaction mode.*connect to PostgreSQL directly/, true))
      await (await opening).close()
    })
  }
})

describe('with several hosts', () => {
  let standby: PostgresServer
  before(async () => {
    standby = await startPostgres({ files: { 'standby.signal': '' } })
  })
  after(() => standby?.remove())

  const portOf = async (pool: pg.Pool) => (await pool.query('select inet_server_port() as port')).rows[0].port as number
  const both = (first: string, second: string, parameters = '') => {
    const [a, b] = [new URL(first), new URL(second)]
    return `postgres://${a.username}:${a.password}@${a.host},${b.host}${b.pathname}${parameters}`
  }
  const unreachable = 'postgres://postgres:only-for-tests@127.0.0.1:1/x'

  test('the first matching host is used: primary, read-write, any', async () => {
    const shared = await sharedServer()
    const portWith = async (url: string) => (await ask<{ port: number }>(url, 'select inet_server_port() as port')).port
    const [first, second] = [Number(new URL(standby.url).port), Number(new URL(shared).port)]
    assert.equal(await portWith(both(standby.url, shared)), second)
    assert.equal(await portWith(both(standby.url, shared, '?target_session_attrs=read-write')), second)
    assert.equal(await portWith(both(standby.url, shared, '?target_session_attrs=primary')), second)
    assert.equal(await portWith(both(standby.url, shared, '?target_session_attrs=any')), first)
    assert.equal(await portWith(`${both(unreachable, shared)}?sslmode=disable`), second)
  })

  test('if no host matches, the error names each of them', () =>
    assert.rejects(
      ask(both(unreachable, standby.url, '?target_session_attrs=primary'), 'select 1'),
      isTrouble(/:1 refused the connection.*; .* is a standby, and target_session_attrs=primary/, false),
    ))

  test('after a failover new connections go to the new primary, and read-only ones are not reused', async (t) => {
    const url = await emptyPostgres(t)
    const name = new URL(url).pathname.slice(1)
    const pool = serverOf(both(url, standby.url).replace(/\/\w+$/, `/${name}`)).newPool({ max: 4 })
    t.after(() => pool.end())
    const clients = await Promise.all([pool.connect(), pool.connect(), pool.connect()])
    for (const client of clients) await client.query('set session characteristics as transaction read only')
    for (const client of clients) client.release()
    // From here on the old primary is read-only, and the standby is promoted. It has a database of the same name.
    await query(url, `alter database ${name} set default_transaction_read_only = on`)
    await query(standby.url, 'select pg_promote()')
    await query(standby.url, `create database ${name}`)
    await assert.rejects(pool.query('create table t (id int)'), { code: '25006' })
    await pool.query('create table t (id int)')
    assert.equal(await portOf(pool), Number(new URL(standby.url).port))
    assert.equal(pool.totalCount, 1, 'the others were closed')
  })
})
