/** The log entry and the response while PostgreSQL is unavailable. */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { test } from 'node:test'
import { startAuthority } from '../../testing/kit.ts'
import { temporaryPostgres } from '../../testing/postgres.ts'

test('a request that fails because of the database logs the cause without the password, and the response does not contain it', async (t) => {
  const url = new URL(await temporaryPostgres(t))
  const { port, password } = url
  const sockets = new Set<Socket>()
  const proxy = createServer((socket) => {
    const server = connect(Number(port), '127.0.0.1')
    for (const each of [socket, server]) sockets.add(each.on('error', () => undefined))
    socket.pipe(server).pipe(socket)
  })
  const endAll = () => {
    for (const socket of sockets) socket.destroy()
    proxy.close()
  }
  t.after(endAll)
  await once(proxy.listen(0, '127.0.0.1'), 'listening')
  url.port = String((proxy.address() as AddressInfo).port)
  const { call, log } = await startAuthority(t, { store: { url: url.href } })
  assert.equal((await call('GET', '/teams')).status, 200)
  endAll()
  // The first request may use connections that were just lost.
  for (let i = 0; i < 3; i++) {
    const { status, text } = await call('GET', '/teams')
    assert.equal(status, 503)
    assert.ok(!text.includes('PostgreSQL') && !text.includes(url.port), text)
  }
  // Also for errors that only the driver describes.
  const failed = log.map((line) => JSON.parse(line)).filter(({ msg }) => msg === 'failed')
  assert.ok(failed.length >= 3)
  for (const { err } of failed) assert.match(err.message, /^PostgreSQL /)
  assert.match(log.join(''), /PostgreSQL at 127\.0\.0\.1:\d+ refused the connection: no program listens on this port/)
  assert.ok(!log.join('').includes(password))
})
