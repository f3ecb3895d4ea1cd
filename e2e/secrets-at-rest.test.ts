/** A secret appears in the response that created it and nowhere else: this test searches the disk and the log. */
import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { type TestContext, test } from 'node:test'
import { loadSigningKeys } from '../authority/vault/signing-keys.ts'
import { openVault } from '../authority/vault/vault.ts'
import { realWorld } from '../authority/world.ts'
import { type Answer, type Authority, document, machine, masterKeys, startAuthority } from '../testing/kit.ts'
import { connected, temporaryPostgres } from '../testing/postgres.ts'
import { temporaryFolder } from '../testing/temporary-folder.ts'

interface SecretSample {
  readonly what: string
  readonly bytes: Buffer
}

/** Long enough not to occur by chance. */
const value = (name: string) => `${name} ${crypto.randomUUID()} in plain sight`

/** Creates everything that has a secret, and uses it correctly and incorrectly. Returns what must not be found. */
async function work(authority: Authority): Promise<SecretSample[]> {
  const { call, prepared } = authority
  const tokens = [prepared.token]
  const kept: string[] = []
  const post = async (path: string, body: object | undefined, options: object = {}) => {
    const answer = await call('POST', path, { ...(body === undefined ? {} : { body }), ...options })
    assert.ok(answer.status < 300, `${path}: ${answer.text}`)
    return answer.json.data
  }
  const account = ['accounts', prepared.account] as const
  const ci = await machine(authority, 'ci', { permissions: ['*:*'], scope: account })
  tokens.push(ci.token)
  tokens.push((await post('/access-tokens', document('access-tokens', { name: 'mine' }))).attributes.token)
  const rotated = await post('/access-tokens/self/actions/rotate', undefined, { token: ci.token })
  tokens.push(rotated.attributes.token)
  for (const token of tokens) assert.equal((await call('GET', '/ping', { token })).status, 200)

  for (const holder of [{ account }, await createPlaces(post, account)]) {
    kept.push(value('variable'))
    const attributes = { key: 'password', category: 'terraform', value: kept.at(-1), sensitive: true }
    const variable = await post('/vars', document('vars', attributes, holder))
    kept.push(value('changed'))
    const body = { data: { type: 'vars', id: variable.id, attributes: { value: kept.at(-1) } } }
    assert.equal((await call('PATCH', `/vars/${variable.id}`, { body })).status, 200)
  }
  const [sealed, tokenHeader] = [value('header'), tokens[2] as string]
  kept.push(sealed)
  const headers = [
    { name: 'authorization', value: sealed, sensitive: true },
    { name: 'x-token', value: tokenHeader, sensitive: true },
  ]
  await post('/agent-pools', document('agent-pools', { name: 'pool', 'webhook-headers': headers }, { account }))

  const hook = await post('/webhooks', document('webhooks', { url: 'https://hooks.invalid/' }, { account }))
  const renewed = await post(`/webhooks/${hook.id}/actions/rotate-secret`, undefined)
  await post(`/webhooks/${hook.id}/actions/test`, undefined)
  await authority.app.deliver()
  const webhookKeys = [hook, renewed].map(({ attributes }) => Buffer.from(attributes.secret.slice(6), 'base64'))

  await misuse(authority, tokens)
  await authority.app.flush()
  const keys = await loadSigningKeys(authority.database.read, openVault(realWorld, masterKeys))
  return [
    ...tokens.flatMap((token, i) => samplesOf(token, `token ${i}`)),
    ...kept.flatMap((text) => spelled(text.split(' ')[0] as string, Buffer.from(text))),
    ...webhookKeys.flatMap((key) => spelled('webhook secret', key)),
    ...spelled('signing key', Buffer.from(keys.current().key)),
    ...spelled('master key', Buffer.from(masterKeys.get(1) as Uint8Array)),
  ]
}

type Post = (path: string, body: object) => Promise<Answer['json']>

async function createPlaces(post: Post, account: readonly [string, string]) {
  const environment = await post('/environments', document('environments', { name: 'prod' }, { account }))
  const relation = ['environments', environment.id] as const
  const workspace = await post('/workspaces', document('workspaces', { name: 'web' }, { environment: relation }))
  return { workspace: ['workspaces', workspace.id] as const }
}

/** Puts secrets where they do not belong, and uses revoked and forged tokens. */
async function misuse({ call }: Authority, tokens: readonly string[]): Promise<void> {
  const [owner, , , token] = tokens as [string, string, string, string]
  const forged = `${token.slice(0, -6)}AAAAAA`
  const wrong = [
    call('GET', `/access-tokens/${token}`),
    call('GET', `/service-accounts?query=${token}&filter[name]=${token}`),
    call('GET', '/ping', { token: forged }),
    call('GET', '/ping', { token: null, headers: { authorization: `Basic ${token}` } }),
    call('POST', '/tags', { body: document('tags', { name: token }) }),
    call('POST', '/vars', { body: document('vars', { key: 'plain', category: 'shell', value: token }) }),
    call('POST', '/tags', { body: `{"data":{"type":"${token}"` }),
    call('POST', `/nowhere/${token}`, { body: document('tags', { name: owner }) }),
  ]
  for (const answer of await Promise.all(wrong)) assert.ok(answer.status === 200 || answer.status >= 400)
  const tokenId = (await call('GET', '/access-tokens/self', { token })).json.data.id
  assert.equal((await call('DELETE', `/access-tokens/${tokenId}`)).status, 204)
  assert.equal((await call('GET', '/ping', { token })).status, 401)
}

/** The token, its parts and its random bytes. The last six characters are not secret. */
function samplesOf(token: string, what: string): SecretSample[] {
  const [, payload = '', signature = ''] = token.split('.')
  const { sec } = JSON.parse(Buffer.from(payload, 'base64url').toString()) as { sec: string }
  return [
    { what: `${what}, its payload`, bytes: Buffer.from(payload) },
    { what: `${what}, its signature`, bytes: Buffer.from(signature.slice(0, 20)) },
    { what: `${what}, half of sec`, bytes: Buffer.from(sec.slice(0, sec.length / 2)) },
    { what: `${what}, half of sec`, bytes: Buffer.from(sec.slice(sec.length / 2)) },
    ...spelled(`${what}, sec`, Buffer.from(sec, 'base64url')),
    ...spelled(`${what}, sec`, Buffer.from(sec)),
  ]
}

const spelled = (what: string, bytes: Buffer): SecretSample[] => [
  { what, bytes },
  { what: `${what} in hex`, bytes: Buffer.from(bytes.toString('hex')) },
  { what: `${what} in base64`, bytes: Buffer.from(bytes.toString('base64').replace(/=+$/, '')) },
  { what: `${what} in base64url`, bytes: Buffer.from(bytes.toString('base64url')) },
]

const found = (needles: readonly SecretSample[], haystack: Buffer): string[] =>
  needles.filter(({ bytes }) => haystack.includes(bytes)).map(({ what }) => what)

const filesIn = (folder: string) => readdirSync(folder).toSorted()

test('the database files and the log contain no token, no part of one, no sensitive value and no key', async (t) => {
  const folder = temporaryFolder(t)
  const authority = await startAuthority(t, { store: { file: join(folder, 'mintmark.db') } })
  const needles = await work(authority)
  assert.deepEqual(filesIn(folder), ['mintmark.db', 'mintmark.db-shm', 'mintmark.db-wal'])
  // Before and after the write-ahead log is checkpointed.
  const bytesOf = (name: string) => readFileSync(join(folder, name))
  const haystack = filesIn(folder).map(bytesOf)
  const folding = new DatabaseSync(join(folder, 'mintmark.db'))
  folding.exec('pragma wal_checkpoint(truncate)')
  folding.close()
  haystack.push(...filesIn(folder).map(bytesOf))
  assert.deepEqual(found(needles, Buffer.concat(haystack)), [])
  assert.deepEqual(found(needles, Buffer.from(authority.log.join(''))), [])
  assertSearchWorks(authority, needles, Buffer.concat(haystack))
})

test('the tables in PostgreSQL and the log contain none either', async (t) => {
  const url = await temporaryPostgres(t)
  const authority = await startAuthority(t, { store: { url } })
  const needles = await work(authority)
  const haystack = await everyRow(t, url)
  assert.deepEqual(found(needles, haystack), [])
  assert.deepEqual(found(needles, Buffer.from(authority.log.join(''))), [])
  assertSearchWorks(authority, needles, haystack)
})

/** Checks that the search works: public values are found. */
function assertSearchWorks({ prepared, log }: Authority, needles: readonly SecretSample[], haystack: Buffer): void {
  assert.ok(needles.length > 60)
  for (const text of [prepared.account, prepared.token.slice(-6), 'access-tokens.minted', 'installation.prepared'])
    assert.ok(haystack.includes(text), text)
  assert.ok(log.some((line) => line.includes('[token]')))
}

async function everyRow(t: TestContext, url: string): Promise<Buffer> {
  const client = await connected(url)
  t.after(() => client.end())
  const tables = await client.query("select tablename from pg_tables where schemaname = 'public'")
  const rows: string[] = []
  for (const { tablename } of tables.rows) {
    const all = await client.query(`select to_jsonb(t)::text as row, t::text as plain from ${tablename} t`)
    rows.push(...all.rows.map(({ row, plain }) => row + plain))
  }
  return Buffer.from(rows.join('\n'))
}
