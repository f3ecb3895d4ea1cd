/** Delivers notifications to a real receiver, which verifies them with the standardwebhooks package. */
import assert from 'node:assert/strict'
import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { pino } from 'pino'
import { Webhook } from 'standardwebhooks'
import { type Authority, document, masterKeys, type StartOptions, startAuthority } from '../../testing/kit.ts'
import { temporaryPostgres } from '../../testing/postgres.ts'
import { rawSql } from '../../testing/raw-sql.ts'
import { temporaryFolder } from '../../testing/temporary-folder.ts'
import { buildApp } from '../app.ts'
import type { Context, World } from '../context.ts'
import { openDatabase } from '../database/database.ts'
import { realWorld } from '../world.ts'
import { notify } from './notify.ts'

interface Received {
  readonly headers: IncomingHttpHeaders & Record<string, string>
  readonly body: string
}

/** A receiver that responds with 204 by default and records its requests. */
async function receiver(t: TestContext) {
  const received: Received[] = []
  const state = { answer: (reply: ServerResponse) => void reply.writeHead(204).end() }
  const server = createServer((request, reply) => {
    let body = ''
    request.setEncoding('utf8').on('data', (chunk) => {
      body += chunk
    })
    request.on('end', () => {
      received.push({ headers: request.headers as Received['headers'], body })
      state.answer(reply)
    })
  })
  await new Promise<void>((listening) => void server.listen(0, '127.0.0.1', listening))
  t.after(() => {
    server.closeAllConnections()
    server.close()
  })
  const { port } = server.address() as AddressInfo
  return { received, url: `http://127.0.0.1:${port}/hook`, port, responses: state }
}

/** A clock that tests advance. Randomness is real, because several servers may share a database, but without jitter. */
function manualWorld() {
  let now = Date.now()
  return {
    isSimulated: true,
    now: () => new Date(now),
    random: (bytes: number) => (bytes === 2 ? new Uint8Array(2) : realWorld.random(bytes)),
    pass: (seconds: number) => {
      now += seconds * 1_000
    },
  }
}

async function started(t: TestContext, options: StartOptions = {}) {
  const world = manualWorld()
  const authority = await startAuthority(t, { world, allowPrivateWebhooks: true, ...options })
  return { world, authority }
}

async function webhook({ call }: Authority, url: string, attributes: object = {}) {
  const made = await call('POST', '/webhooks', { body: document('webhooks', { url, ...attributes }) })
  assert.equal(made.status, 201, made.text)
  return { id: made.json.data.id as string, secret: made.json.data.attributes.secret as string }
}

const shown = async ({ call }: Authority, id: string) => (await call('GET', `/webhooks/${id}`)).json.data.attributes

async function sendTest({ call }: Authority, id: string): Promise<string> {
  const sent = await call('POST', `/webhooks/${id}/actions/test`)
  assert.equal(sent.status, 201, sent.text)
  return sent.json.data.id
}

const leak = (
  authority: Authority,
  world: World,
  data: Record<string, unknown> = { location: 'a public repository' },
) =>
  authority.database.write((db) =>
    notify({ db, world } as Context, {
      kind: 'token.leaked',
      accountId: authority.prepared.account,
      ownerKind: 'service-account',
      ownerId: 'sa-v0oaaaaaaaaaaaaaa',
      subjectType: 'access-tokens',
      subjectId: 'at-v0oaaaaaaaaaaaaaa',
      data,
    }),
  )

/** Verifies the signature for the timestamp that it names, without a check of the timestamp's age. */
function isSigned({ headers, body }: Received, secret: string): boolean {
  const at = new Date(Number(headers['webhook-timestamp']) * 1_000)
  const signature = new Webhook(secret).sign(headers['webhook-id'] as string, at, body)
  return (headers['webhook-signature'] as string).split(' ').includes(signature)
}

const eventsOf = async (authority: Authority, action: string) =>
  (await authority.call('GET', `/audit-events?filter[action]=webhooks.${action}`)).json.data

test('a notification reaches the receiver, which can verify its signature', async (t) => {
  const { received, url } = await receiver(t)
  const { authority, world } = await started(t)
  const { id, secret } = await webhook(authority, url)
  const notification = await leak(authority, world)
  await authority.app.deliver()
  assert.equal(received.length, 1)
  const [{ headers, body }] = received as [Received]
  const verified = new Webhook(secret).verify(body, headers)
  assert.deepEqual(verified, {
    type: 'token.leaked',
    timestamp: (await authority.call('GET', `/notifications/${notification}`)).json.data.attributes.at,
    data: {
      notification,
      account: authority.prepared.account,
      owner: { type: 'service-accounts', id: 'sa-v0oaaaaaaaaaaaaaa' },
      subject: { type: 'access-tokens', id: 'at-v0oaaaaaaaaaaaaaa' },
      details: { location: 'a public repository' },
    },
  })
  assert.equal(headers['webhook-id'], `${notification}_${id}`)
  assert.equal(headers['content-type'], 'application/json')
  assert.throws(() => new Webhook(`whsec_${Buffer.alloc(32).toString('base64')}`).verify(body, headers))
  assert.throws(() => new Webhook(secret).verify(body.replace('leaked', 'living'), headers))
  const { 'last-status': status, 'last-failure': failure, 'last-delivered-at': at } = await shown(authority, id)
  assert.deepEqual([status, failure, typeof at], [204, null, 'string'])
  await authority.app.deliver()
  assert.equal(received.length, 1, 'it is sent once')
})

test('a webhook receives the kinds that it subscribes to, and a disabled one nothing', async (t) => {
  const { received, url } = await receiver(t)
  const { authority, world } = await started(t)
  const { call } = authority
  const all = await webhook(authority, url)
  const subscribed = await webhook(authority, url, { kinds: ['token.leaked'] })
  await webhook(authority, url, { kinds: ['token.found'] })
  await webhook(authority, url, { kinds: [] })
  await webhook(authority, url, { status: 'Disabled' })
  const notification = await leak(authority, world)
  await authority.app.deliver()
  const reached = () => received.map(({ headers }) => headers['webhook-id']).toSorted()
  assert.deepEqual(reached(), [`${notification}_${all.id}`, `${notification}_${subscribed.id}`].toSorted())
  received.length = 0
  const sent = await sendTest(authority, subscribed.id)
  await authority.app.deliver()
  assert.deepEqual(reached(), [`${sent}_${subscribed.id}`], 'a test goes to the tested webhook only')

  received.length = 0
  await leak(authority, world)
  const disabled = { data: { type: 'webhooks', attributes: { status: 'Disabled' } } }
  assert.equal((await call('PATCH', `/webhooks/${all.id}`, { body: disabled })).status, 200)
  assert.equal((await call('DELETE', `/webhooks/${subscribed.id}`)).status, 204)
  await authority.app.deliver()
  assert.deepEqual(reached(), [], 'pending deliveries are dropped')
  assert.equal((await call('POST', `/webhooks/${all.id}/actions/test`)).status, 409)
})

test('both secrets sign for 24 hours after a rotation', async (t) => {
  const { received, url } = await receiver(t)
  const { authority, world } = await started(t)
  const { id, secret: first } = await webhook(authority, url)
  const rotate = async () => {
    const rotated = await authority.call('POST', `/webhooks/${id}/actions/rotate-secret`)
    assert.equal(rotated.status, 200, rotated.text)
    return rotated.json.data.attributes.secret as string
  }
  const signers = async (...secrets: string[]) => {
    await sendTest(authority, id)
    await authority.app.deliver()
    const last = received.at(-1) as Received
    return [last.headers['webhook-signature']?.split(' ').length, ...secrets.map((secret) => isSigned(last, secret))]
  }
  const second = await rotate()
  assert.deepEqual(await signers(first, second), [2, true, true])
  const { headers, body } = received.at(-1) as Received
  for (const secret of [first, second]) assert.ok(new Webhook(secret).verify(body, headers))
  const third = await rotate()
  assert.deepEqual(
    await signers(first, second, third),
    [3, true, true, true],
    'also if the response of a rotation was lost',
  )
  world.pass(24 * 3600 - 1)
  assert.deepEqual(await signers(first, second, third), [3, true, true, true])
  world.pass(1)
  assert.deepEqual(await signers(first, second, third), [1, false, false, true])
  const [row] = await rawSql(authority.database, `select sealed_before, before_until from webhooks`)
  assert.deepEqual(row, { sealedBefore: null, beforeUntil: null }, 'the old secrets are deleted')
})

test('a failed delivery is retried by schedule with the same ID and body, and given up after ten attempts', async (t) => {
  const { received, url, responses } = await receiver(t)
  const { authority, world } = await started(t)
  const { id, secret } = await webhook(authority, url)
  responses.answer = (reply) => void reply.writeHead(500).end('no')
  const notification = await sendTest(authority, id)
  const pauses = [0, 5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400]
  for (const [attempts, seconds] of pauses.entries()) {
    if (seconds > 0) world.pass(seconds - 1)
    await authority.app.deliver()
    assert.equal(received.length, seconds > 0 ? attempts : 1, `not before ${seconds} s`)
    if (seconds > 0) world.pass(1)
    await authority.app.deliver()
    assert.equal(received.length, attempts + 1)
    const last = received.at(-1) as Received
    assert.ok(isSigned(last, secret))
    assert.equal(last.headers['webhook-timestamp'], String(Math.floor(world.now().getTime() / 1_000)))
  }
  world.pass(30 * 86_400)
  await authority.app.deliver()
  assert.equal(received.length, 10)
  assert.equal(new Set(received.map(({ headers }) => headers['webhook-id'])).size, 1)
  assert.equal(new Set(received.map(({ body }) => body)).size, 1)
  const { 'last-status': status, 'last-failure': failure } = await shown(authority, id)
  assert.deepEqual([status, failure], [500, 'status'])
  const [given] = await eventsOf(authority, 'delivery-given-up')
  assert.deepEqual(given.attributes.after, { notification, attempts: 10, lastFailure: 'status', lastStatus: 500 })
  assert.deepEqual([given.attributes['actor-type'], given.attributes['subject-id']], ['system', id])
})

test('a webhook that fails all ten attempts of a notification is disabled, and the account and its other webhooks are notified', async (t) => {
  const { url, responses } = await receiver(t)
  const other = await receiver(t)
  const { authority, world } = await started(t)
  const { id } = await webhook(authority, url)
  await webhook(authority, other.url, { kinds: ['webhook.disabled'] })
  responses.answer = (reply) => void reply.writeHead(500).end()
  const notifications = [await sendTest(authority, id), await sendTest(authority, id)]
  for (let days = 0; days < 12; days += 1) {
    await authority.app.deliver()
    world.pass(86_400)
  }
  assert.equal((await shown(authority, id)).status, 'Disabled')
  const [event, ...more] = await eventsOf(authority, 'disabled')
  assert.deepEqual(more, [])
  const { notification, ...after } = event.attributes.after
  assert.ok(notifications.includes(notification))
  assert.deepEqual(after, { status: 500, failure: 'status', givenUp: 2 })
  const [disabled] = (await authority.call('GET', '/notifications?filter[kind]=webhook.disabled')).json.data
  assert.deepEqual([disabled.attributes['subject-id'], disabled.attributes.data['given-up']], [id, 2])
  assert.deepEqual(
    other.received.map(({ body }) => JSON.parse(body).data.subject.id),
    [id],
  )
  const patch = { data: { type: 'webhooks', attributes: { status: 'Active' } } }
  assert.equal((await authority.call('PATCH', `/webhooks/${id}`, { body: patch })).status, 200)
  responses.answer = (reply) => void reply.writeHead(204).end()
  await sendTest(authority, id)
  await authority.app.deliver()
  assert.equal((await shown(authority, id))['last-status'], 204, 'it works again after it is activated')
})

test('a notification that always fails does not disable a webhook that accepts others', async (t) => {
  const { url, responses, received } = await receiver(t)
  const { authority, world } = await started(t)
  const { id } = await webhook(authority, url)
  responses.answer = (reply) => void reply.writeHead(received.at(-1)?.body.includes('poison') ? 500 : 204).end()
  await leak(authority, world, { poison: true })
  for (let days = 0; days < 12; days += 1) {
    await authority.app.deliver()
    await sendTest(authority, id)
    await authority.app.deliver()
    world.pass(86_400)
  }
  assert.equal((await eventsOf(authority, 'delivery-given-up')).length, 1)
  assert.equal((await shown(authority, id)).status, 'Active')
})

const assertCircuitBreaker = async (t: TestContext, store?: { url: string }) => {
  const { received, url, responses } = await receiver(t)
  const { authority, world } = await started(t, store ? { store } : {})
  const { id } = await webhook(authority, url)
  responses.answer = (reply) => void reply.writeHead(503).end()
  for (let i = 0; i < 20; i++) await sendTest(authority, id)
  await authority.app.deliver()
  assert.ok(received.length >= 5 && received.length <= 8, 'four at a time, and none after five failures')
  const until = Date.parse((await shown(authority, id))['circuit-open-until']) - world.now().getTime()
  assert.equal(until, 5_000)
  for (const seconds of [5, 300, 1_800, 1_800, 1_800]) {
    const before: number = received.length
    world.pass(seconds - 1)
    await authority.app.deliver()
    assert.equal(received.length, before, `not before ${seconds} s`)
    world.pass(1)
    await authority.app.deliver()
    assert.equal(received.length, before + 1, `one after ${seconds} s`)
  }
  responses.answer = (reply) => void reply.writeHead(204).end()
  world.pass(1_800)
  await authority.app.deliver()
  world.pass(86_400)
  await authority.app.deliver()
  const unsent = 'select id from webhook_deliveries where delivered_at is null'
  assert.deepEqual(await rawSql(authority.database, unsent), [])
  assert.equal((await shown(authority, id))['circuit-open-until'], null)
}
const guarantee =
  'after five failures in a row a receiver gets single probes, and the remaining notifications when it recovers'
test(guarantee, (t) => assertCircuitBreaker(t))
test(`${guarantee}, on PostgreSQL`, async (t) => assertCircuitBreaker(t, { url: await temporaryPostgres(t) }))

test('410 disables the webhook and gives up its pending deliveries', async (t) => {
  const { received, url, responses } = await receiver(t)
  const { authority } = await started(t)
  const { id } = await webhook(authority, url)
  responses.answer = (reply) => void reply.writeHead(410).end()
  for (let i = 0; i < 6; i++) await sendTest(authority, id)
  await authority.app.deliver()
  assert.ok(received.length <= 4, 'only running attempts were sent')
  const { status, 'last-status': last } = await shown(authority, id)
  assert.deepEqual([status, last], ['Disabled', 410])
  const waiting = 'select id from webhook_deliveries where given_up_at is null'
  assert.deepEqual(await rawSql(authority.database, waiting), [])
  const events = await eventsOf(authority, 'disabled')
  assert.equal(events.length, 1)
  assert.equal(events[0].attributes.after.status, 410)
})

test('a redirect is a failure and is not followed', async (t) => {
  const elsewhere = await receiver(t)
  const { url, responses } = await receiver(t)
  const { authority } = await started(t)
  const { id } = await webhook(authority, url)
  for (const status of [301, 302, 303, 307, 308, 304]) {
    responses.answer = (reply) => void reply.writeHead(status, { location: elsewhere.url }).end()
    await sendTest(authority, id)
    await authority.app.deliver()
    assert.equal((await shown(authority, id))['last-status'], status)
  }
  assert.equal(elsewhere.received.length, 0)
})

test('a receiver that times out does not delay others and is retried', async (t) => {
  const slow = await receiver(t)
  const quick = await receiver(t)
  let waiting = 0
  let most = 0
  slow.responses.answer = (reply) => {
    waiting += 1
    most = Math.max(most, waiting)
    reply.once('close', () => {
      waiting -= 1
    })
  }
  const { authority, world } = await started(t, { webhookMilliseconds: 200 })
  const one = await webhook(authority, slow.url)
  for (let i = 0; i < 8; i++) await sendTest(authority, one.id)
  const other = await webhook(authority, quick.url)
  await sendTest(authority, other.id)
  quick.responses.answer = (reply) => {
    assert.ok(slow.received.length <= 4, 'the quick receiver does not wait for all slow deliveries')
    reply.end()
  }
  await authority.app.deliver()
  assert.equal(quick.received.length, 1)
  assert.ok(slow.received.length >= 5 && slow.received.length <= 8)
  assert.equal(most, 4, 'a few at a time')
  assert.equal((await shown(authority, one.id))['last-failure'], 'timeout')
  slow.responses.answer = (reply) => void reply.writeHead(200).end()
  world.pass(5)
  await authority.app.deliver()
  assert.equal(new Set(slow.received.map(({ headers }) => headers['webhook-id'])).size, 8)
  assert.equal((await shown(authority, one.id))['last-failure'], null)
})

test('Retry-After is honored, up to 24 hours', async (t) => {
  const { received, url, responses } = await receiver(t)
  const { authority, world } = await started(t)
  const { id } = await webhook(authority, url)
  responses.answer = (reply) => void reply.writeHead(429, { 'retry-after': '3600' }).end()
  await sendTest(authority, id)
  await authority.app.deliver()
  world.pass(3_599)
  await authority.app.deliver()
  assert.equal(received.length, 1)
  responses.answer = (reply) => void reply.writeHead(503, { 'retry-after': '99999999' }).end()
  world.pass(1)
  await authority.app.deliver()
  assert.equal(received.length, 2)
  world.pass(86_399)
  await authority.app.deliver()
  assert.equal(received.length, 2)
  world.pass(1)
  await authority.app.deliver()
  assert.equal(received.length, 3)
})

test('an endless response is read only partially, and its status decides', async (t) => {
  const { url, responses } = await receiver(t)
  const { authority } = await started(t, { webhookMilliseconds: 5_000 })
  const { id } = await webhook(authority, url)
  let written = 0
  responses.answer = (reply) => {
    reply.writeHead(200)
    const more = () => {
      while (!reply.destroyed && reply.write(Buffer.alloc(16_384))) written += 16_384
    }
    reply.on('drain', more).on('error', () => undefined)
    more()
  }
  await sendTest(authority, id)
  const before = performance.now()
  await authority.app.deliver()
  assert.ok(performance.now() - before < 4_000, 'it did not read the whole response')
  assert.equal((await shown(authority, id))['last-status'], 200)
  assert.ok(written < 64 * 1_048_576)
})

test('details that exceed the message size are only in the feed', async (t) => {
  const { received, url } = await receiver(t)
  const { authority, world } = await started(t)
  const { secret } = await webhook(authority, url)
  const notification = await leak(authority, world, { location: 'é'.repeat(10_000) })
  await authority.app.deliver()
  const [{ body, headers }] = received as [Received]
  assert.ok(Buffer.byteLength(body) < 20_000)
  const verified = new Webhook(secret).verify(body, headers) as { data: { notification: string; details: unknown } }
  assert.deepEqual([verified.data.notification, verified.data.details], [notification, null])
  const { data } = (await authority.call('GET', `/notifications/${notification}`)).json.data.attributes
  assert.equal(data.location.length, 10_000)
})

test('private addresses are rejected, also in webhooks that were created when they were allowed', async (t) => {
  const { received, url, port } = await receiver(t)
  const { authority } = await started(t, { allowPrivateWebhooks: false })
  const { id } = await webhook(authority, 'https://hooks.invalid/')
  const update = (attributes: object) =>
    authority.call('PATCH', `/webhooks/${id}`, { body: { data: { type: 'webhooks', attributes } } })
  for (const address of [
    url,
    `https://localhost:${port}/`,
    `http://[::1]:${port}/`,
    'https://169.254.169.254/latest',
  ]) {
    const body = document('webhooks', { url: address })
    for (const refused of [await authority.call('POST', '/webhooks', { body }), await update({ url: address })]) {
      assert.deepEqual([refused.status, refused.json.errors[0].source.pointer], [422, '/data/attributes/url'], address)
      assert.match(refused.json.errors[0].detail, /public address/)
    }
    await rawSql(authority.database, `update webhooks set url = '${address}'`)
    await sendTest(authority, id)
    await authority.app.deliver()
    assert.equal((await shown(authority, id))['last-failure'], 'address', address)
  }
  assert.equal(received.length, 0)
  const unchanged = await update({ url: 'https://169.254.169.254/latest', status: 'Disabled' })
  assert.equal(unchanged.status, 200, 'an unchanged URL does not prevent disabling')
  const open = await started(t)
  const changed = await open.authority.call('POST', '/webhooks', {
    body: document('webhooks', { url: 'https://169.254.169.254/latest' }),
  })
  assert.equal(changed.status, 422, 'link-local addresses are always rejected')
})

test('each attempt records its time, also if its result equals the one before', async (t) => {
  const { authority, world } = await started(t)
  const { id } = await webhook(authority, 'http://127.0.0.1:1/')
  const times: string[] = []
  for (let attempt = 0; attempt < 3; attempt++) {
    world.pass(1)
    await sendTest(authority, id)
    await authority.app.deliver()
    const { 'last-failure': failure, 'last-attempt-at': at } = await shown(authority, id)
    assert.equal(failure, 'refused')
    times.push(at)
  }
  assert.equal(new Set(times).size, 3)
})

test('no delivery is lost in a restart or when a node crashes during an attempt', async (t) => {
  const { received, url, responses } = await receiver(t)
  const file = join(temporaryFolder(t), 'mintmark.db')
  const store = { file }
  const { authority, world } = await started(t, { store })
  const { id } = await webhook(authority, url)
  // The receiver never responds, so the shutdown aborts the attempt.
  responses.answer = () => undefined
  await sendTest(authority, id)
  const sending = authority.app.deliver()
  while (received.length === 0) await new Promise((turn) => setTimeout(turn, 5))
  await authority.app.close()
  await sending
  const row = async () => (await rawSql(authority.database, 'select attempt, delivered_at from webhook_deliveries'))[0]
  assert.deepEqual(await row(), { attempt: 0, deliveredAt: null }, 'an aborted attempt does not count')

  // The state that a killed node leaves: claimed and counted, without an outcome.
  const lost = new Date(world.now().getTime() + 60_000).toISOString()
  await authority.database.withoutTransaction(async (db) => {
    await db.updateTable('webhookDeliveries').set({ attempt: 1, dueAt: lost }).execute()
  })
  responses.answer = (reply) => void reply.writeHead(200).end()
  const database = await openDatabase(store)
  const logger = pino({ level: 'silent' })
  const host = 'mintmark.internal'
  const next = await buildApp({ database, world, masterKeys, logger, host, allowPrivateWebhooks: true })
  t.after(async () => {
    await next.close()
    await database.close()
  })
  await next.deliver()
  assert.equal(received.length, 1, 'another node may still be sending it')
  world.pass(60)
  await next.deliver()
  assert.equal(received.length, 2)
  assert.equal(received[0]?.headers['webhook-id'], received[1]?.headers['webhook-id'])
  assert.deepEqual(await row(), { attempt: 2, deliveredAt: world.now().toISOString() })
})

test('two nodes on one PostgreSQL send each notification once', async (t) => {
  const { received, url, responses } = await receiver(t)
  const store = { url: await temporaryPostgres(t) }
  const { authority, world } = await started(t, { store })
  const { id } = await webhook(authority, url)
  const database = await openDatabase(store)
  const logger = pino({ level: 'silent' })
  const other = await buildApp({
    database,
    world,
    masterKeys,
    logger,
    host: 'mintmark.internal',
    allowPrivateWebhooks: true,
  })
  t.after(async () => {
    await other.close()
    await database.close()
  })
  responses.answer = (reply) => void reply.writeHead(503).end()
  for (let i = 0; i < 40; i++) await sendTest(authority, id)
  await authority.app.deliver()
  const before = received.length
  world.pass(5)
  await Promise.all([authority.app.deliver(), other.deliver()])
  assert.equal(received.length, before + 1, 'one probe while the circuit is open')
  received.length = 0
  responses.answer = (reply) => void reply.writeHead(204).end()
  world.pass(86_400)
  await Promise.all([authority.app.deliver(), other.deliver()])
  const ids = received.map(({ headers }) => headers['webhook-id'])
  assert.equal(ids.length, 40)
  assert.equal(new Set(ids).size, 40)
})
