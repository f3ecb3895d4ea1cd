/** Leak reports and pending work across a kill: everything acknowledged is done, before or after it. */
import assert from 'node:assert/strict'
import { createHmac, generateKeyPairSync } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type TestContext, test } from 'node:test'
import { deriveAuditKeys } from '../authority/audit/audit-keys.ts'
import { verifyChains } from '../authority/audit/verify.ts'
import { openDatabase } from '../authority/database/database.ts'
import { githubReporter } from '../authority/leaks/reporters.ts'
import { type ChildAuthority, startChild } from '../testing/child-authority.ts'
import { signedReport } from '../testing/github-report.ts'
import { inParallel, stores } from '../testing/killed-processes.ts'
import { document, masterKeys } from '../testing/kit.ts'

const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
const key = publicKey.export({ type: 'spki', format: 'pem' }).toString()
const reporters = [githubReporter(undefined, { public_keys: [{ key_identifier: 'one', key }] })]
/** All requests come from one address. */
const invalidTokensPerMinute = 100_000

interface Minted {
  readonly id: string
  readonly token: string
}

async function mintSome(child: ChildAuthority, token: string, count: number): Promise<Minted[]> {
  const made = await child.call('POST', '/service-accounts', {
    token,
    body: document('service-accounts', { name: 'ci' }),
  })
  const minted: Minted[] = []
  await inParallel([...Array(count).keys()], async () => {
    const path = `/service-accounts/${made.json.data.id}/access-tokens`
    const answer = await child.call('POST', path, { token, body: document('access-tokens', {}) })
    assert.equal(answer.status, 201, answer.text)
    minted.push({ id: answer.json.data.id, token: answer.json.data.attributes.token })
  })
  return minted
}

/** Creating the tokens takes longest on PostgreSQL, and fewer are sufficient. */
const callsOf = { sqlite: 100, postgres: 16 } as const
const queuedOf = { sqlite: 200, postgres: 80 } as const
const perCall = 100
const genuinePerCall = 6

interface Call {
  readonly body: string
  readonly genuine: readonly Minted[]
}

/** A few are tokens. The rest look like tokens to anyone without the key. */
function floodOf(minted: readonly Minted[]): Call[] {
  const calls = minted.length / genuinePerCall
  const like = minted[0]?.token ?? ''
  return Array.from({ length: calls }, (_, call) => {
    const genuine = minted.slice(call * genuinePerCall, (call + 1) * genuinePerCall)
    const guesses = Array.from(
      { length: perCall - genuinePerCall },
      (_, guess) => like.slice(0, -6) + String(call * perCall + guess).padStart(6, 'A'),
    )
    const found = [...genuine.map(({ token }) => token), ...guesses]
    const entries = found.map((token) => ({ token, type: 'x', url: `https://git.example.com/${call}` }))
    return { genuine, body: JSON.stringify(entries) }
  })
}

async function report(child: ChildAuthority, { body, genuine }: Call): Promise<void> {
  const answer = await child.call('POST', '/leaks/github', signedReport(body, privateKey))
  assert.equal(answer.status, 200, answer.text)
  const labels = answer.json.map(({ label }: { label: string }) => label)
  assert.equal(labels.filter((label: string) => label === 'true_positive').length, genuine.length)
}

/** Uses a token that was not reported while the work runs. Returns how often it was accepted. */
async function useTokenDuring(child: ChildAuthority, token: string, work: Promise<unknown>): Promise<number> {
  let goesOn = true
  const end = () => {
    goesOn = false
  }
  work.then(end, end)
  let times = 0
  while (goesOn) {
    const answer = await child.call('GET', '/ping', { token }).catch(() => undefined)
    if (!answer) break
    assert.equal(answer.status, 200, answer.text)
    times += 1
  }
  return times
}

for (const kind of ['sqlite', 'postgres'] as const) {
  const calls = callsOf[kind]
  test(`${kind}: of ${calls * perCall} reports no acknowledged one is lost when the server is killed, and the others can be repeated`, async (t) => {
    const store = await stores[kind](t)
    const first = await startChild(t, store, { reporters, invalidTokensPerMinute })
    const owner = first.prepared?.token as string
    const minted = await mintSome(first, owner, calls * genuinePerCall)
    const waiting = new Set(floodOf(minted))
    const answered: Call[] = []

    let killed: Promise<void> | undefined
    const flood = inParallel([...waiting], async (call) => {
      await report(first, call)
      answered.push(call)
      waiting.delete(call)
      if (answered.length === calls / 2) killed = first.kill()
    })
    const bystander = useTokenDuring(first, owner, flood)
    await assert.rejects(flood, TypeError, 'pending requests get no response')
    await killed
    assert.ok((await bystander) > 0, 'the token that was not reported was accepted throughout')
    assert.ok(waiting.size > 0)

    const second = await startChild(t, store, { reporters, invalidTokensPerMinute })
    const isRefused = async ({ token }: Minted) => {
      let refused = await second.call('GET', '/ping', { token })
      // On a slow machine some reports are only queued when they are acknowledged, and are processed later.
      for (let requested = 0; refused.status === 200 && requested < 5_000; requested++)
        refused = await second.call('GET', '/ping', { token })
      assert.deepEqual([refused.status, refused.json.errors?.[0]?.code], [401, 'token-revoked'])
    }
    await inParallel(
      answered.flatMap(({ genuine }) => genuine),
      isRefused,
    )
    const retries = inParallel([...waiting], (call) => report(second, call))
    const again = useTokenDuring(second, owner, retries)
    await retries
    assert.ok((await again) > 0)
    await inParallel(minted, isRefused)
    await second.stop()

    const database = await openDatabase(store)
    const reports = await database.read.selectFrom('leakReports').select(['tokenId', 'actionTaken']).execute()
    const notifications = await database.read.selectFrom('notifications').select('subjectId').execute()
    const { chains } = await verifyChains(database.read, deriveAuditKeys(masterKeys))
    await database.close()
    const ids = minted.map(({ id }) => id).toSorted()
    assert.deepEqual(reports.map(({ tokenId }) => tokenId).toSorted(), ids, 'one report each, even if sent twice')
    assert.deepEqual(new Set(reports.map(({ actionTaken }) => actionTaken)), new Set(['revoked']))
    assert.deepEqual(notifications.map(({ subjectId }) => subjectId).toSorted(), ids, 'each owner is notified once')
    assert.ok(chains.length > 0 && chains.every(({ broken }) => broken === null))
  })
}

for (const kind of ['sqlite', 'postgres'] as const) {
  test(`${kind}: reports acknowledged before they were processed are processed by the next process immediately`, {
    timeout: 60_000,
  }, async (t) => {
    const store = await stores[kind](t)
    const settings = { reporters, invalidTokensPerMinute: 1_000_000, reportMilliseconds: 0 }
    const first = await startChild(t, store, settings)
    const genuine = await mintSome(first, first.prepared?.token as string, queuedOf[kind])
    const entries = genuine.map(({ token }) => ({ token, type: 'x', url: 'https://git.example.com/all' }))
    await report(first, { genuine, body: JSON.stringify(entries) })
    await first.kill()
    const database = await openDatabase(store)
    const left = await database.read.selectFrom('foundTokens').select('id').execute()
    await database.close()
    assert.ok(left.length > 0, 'the response came first')

    const second = await startChild(t, store, settings)
    const isAlive = async (token: string) => (await second.call('GET', '/ping', { token })).status === 200
    for (const { token } of genuine) while (await isAlive(token));
    await second.stop()
  })
}

type Answering = (request: IncomingMessage, reply: ServerResponse) => void

/** A server that does not respond until a response is set. */
async function silent(t: TestContext) {
  const state: { answer: Answering } = { answer: () => undefined }
  const server = createServer((request, reply) => state.answer(request, reply)).listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.after(() => {
    server.closeAllConnections()
    server.close()
  })
  const requested = () => once(server, 'request')
  return { state, requested, address: `http://127.0.0.1:${(server.address() as AddressInfo).port}` }
}

/** Resolves when all were seen. */
function all(expected: ReadonlySet<string>) {
  const missing = new Set(expected)
  const { promise, resolve } = Promise.withResolvers<void>()
  const see = (each: string) => {
    missing.delete(each)
    if (missing.size === 0) resolve()
  }
  return { see, seen: promise }
}

const webhookSecret = 'a secret of the webhook'
const alerts = 20

for (const kind of ['sqlite', 'postgres'] as const) {
  test(`${kind}: accepted alerts and pending notifications are processed by the next process after the server is killed`, {
    timeout: 60_000,
  }, async (t) => {
    const store = await stores[kind](t)
    const [github, receiver] = [await silent(t), await silent(t)]
    const settings = {
      allowPrivateWebhooks: true,
      github: { webhookSecret, login: { token: 'ghp_standin' }, address: github.address },
    }
    const first = await startChild(t, store, settings)
    const owner = first.prepared?.token as string
    const minted = await mintSome(first, owner, alerts + 1)
    const hook = document('webhooks', { url: `${receiver.address}/hook`, kinds: ['token.leaked'] })
    assert.equal((await first.call('POST', '/webhooks', { body: hook })).status, 201)

    const requests = Promise.all([github.requested(), receiver.requested()])
    await inParallel([...Array(alerts).keys()], async (number) => {
      const body = JSON.stringify({
        action: 'created',
        alert: { number: number + 1 },
        repository: { full_name: 'org/repo', private: false },
      })
      const accepted = await first.call('POST', '/leaks/github/webhook', {
        token: null,
        body,
        headers: {
          'content-type': 'application/json',
          'x-github-event': 'secret_scanning_alert',
          'x-github-delivery': `delivery-${number}`,
          'x-hub-signature-256': `sha256=${createHmac('sha256', webhookSecret).update(body).digest('hex')}`,
        },
      })
      assert.deepEqual([accepted.status, accepted.json], [202, { queued: true }])
    })
    const held = { tokens: [minted[alerts]?.token] }
    const headers = { 'content-type': 'application/json' }
    assert.equal((await first.call('POST', '/leaks/report', { token: null, body: held, headers })).status, 202)
    await requests
    await first.kill()

    const closed = all(new Set(Array.from({ length: alerts }, (_, number) => String(number))))
    github.state.answer = ({ url = '', method }, reply) => {
      const number = Number(/\/alerts\/(\d+)/.exec(url)?.[1]) - 1
      const answer = url.includes('/locations') ? [] : { number, state: 'open', secret: minted[number]?.token }
      reply.writeHead(200, headers).end(JSON.stringify(answer))
      if (method === 'PATCH') closed.see(String(number))
    }
    const notified = all(new Set(minted.map(({ id }) => id)))
    receiver.state.answer = async (request, reply) => {
      const body = JSON.parse(Buffer.concat(await request.toArray()).toString())
      reply.writeHead(204).end()
      notified.see(body.data.subject.id)
    }
    // Claims of the first process expire, so the work is due again.
    const second = await startChild(t, store, { ...settings, aheadSeconds: 130 })
    await Promise.all([closed.seen, notified.seen])
    for (const { token } of minted) assert.equal((await second.call('GET', '/ping', { token })).status, 401)
    await second.stop()
  })
}
