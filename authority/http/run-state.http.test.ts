import assert from 'node:assert/strict'
import { once } from 'node:events'
import { type AddressInfo, connect } from 'node:net'
import { test } from 'node:test'
import { document, startAuthority } from '../../testing/kit.ts'
import { newRunState } from './run-state.ts'

test('the access log contains all requests, failed ones or none, and can be changed while running', async (t) => {
  const runState = newRunState()
  const { call, log } = await startAuthority(t, { runState })
  const lines = async () => {
    log.length = 0
    await call('GET', '/ping')
    await call('GET', '/ping', { token: 'wrong' })
    return log
      .map((line) => JSON.parse(line))
      .filter(({ msg }) => msg === 'request')
      .map(({ status }) => status)
  }
  assert.deepEqual(await lines(), [200, 401])
  runState.accessLog = 'errors'
  assert.deepEqual(await lines(), [401])
  runState.accessLog = 'off'
  assert.deepEqual(await lines(), [])
})

test('a draining server fails its readiness check and closes connections, but still answers', async (t) => {
  const runState = newRunState()
  const { call } = await startAuthority(t, { runState })
  const connectionOf = async (path: string) => {
    const { status, headers } = await call('GET', path)
    return [status, headers['connection']]
  }
  assert.deepEqual(await connectionOf('/readyz'), [200, 'keep-alive'])
  runState.isDraining = true
  assert.deepEqual(await connectionOf('/readyz'), [503, 'close'])
  assert.deepEqual(await connectionOf('/ping'), [200, 'close'])
  assert.deepEqual(await connectionOf('/nothing-here'), [404, 'close'])
})

const openTo = async (port: number) => {
  const socket = connect(port, '127.0.0.1')
  await once(socket, 'connect')
  let received = ''
  socket.setEncoding('utf8').on('data', (text) => {
    received += text
  })
  return { socket, received: () => received }
}

test('open requests finish when the server closes, and a request whose headers arrive in the meantime is served', async (t) => {
  const { app, prepared } = await startAuthority(t)
  await app.server.listen({ host: '127.0.0.1', port: 0 })
  const { port } = app.server.server.address() as AddressInfo
  const body = JSON.stringify(document('service-accounts', { name: 'late' }))
  const head = `POST /api/iacp/v3/service-accounts HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer ${prepared.token}\r\ncontent-type: application/vnd.api+json\r\ncontent-length: ${body.length}\r\n\r\n`
  const [slow, late] = [await openTo(port), await openTo(port)]
  slow.socket.write(head + body.slice(0, 10))
  late.socket.write('GET /healthz HTTP/1.1\r\nhost: ')
  // Both are being read once a later request was answered.
  await (await fetch(`http://127.0.0.1:${port}/healthz`)).text()
  const closed = app.close()
  while (app.server.server.listening) await new Promise(setImmediate)
  late.socket.write('localhost\r\n\r\n')
  await once(late.socket, 'close')
  assert.match(late.received(), /^HTTP\/1\.1 200 [\s\S]*connection: close/i)
  slow.socket.write(body.slice(10))
  await once(slow.socket, 'close')
  assert.match(slow.received(), /^HTTP\/1\.1 201 [\s\S]*connection: close/i)
  await closed
})
