/**
 * A minimal PgBouncer for tests: in transaction mode each transaction of a client may use another server connection. It does
 * not change statements and has no TLS.
 */
import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import type { TestContext } from 'node:test'

export type PoolMode = 'transaction' | 'round robin' | 'single' | 'session'

interface Upstream {
  readonly socket: Socket
  /** The client that receives the server's messages, until the transaction ends. */
  client: Client | undefined
}

interface Client {
  readonly socket: Socket
  upstream: Upstream | undefined
  readonly waiting: Buffer[]
}

/** Resolves to the port of the pooler. `target` is the port of PostgreSQL. */
export async function transactionPooler(
  test: Pick<TestContext, 'after'>,
  target: number,
  mode: PoolMode,
): Promise<number> {
  const idle: Upstream[] = []
  const queue: Client[] = []
  const sockets = new Set<Socket>()

  const assign = (client: Client, upstream: Upstream) => {
    client.upstream = upstream
    upstream.client = client
    for (const bytes of client.waiting.splice(0)) upstream.socket.write(bytes)
  }
  const giveBack = (upstream: Upstream) => {
    if (mode === 'session' || !upstream.client) return
    upstream.client.upstream = undefined
    upstream.client = undefined
    const next = queue.shift()
    if (next) assign(next, upstream)
    else idle.push(upstream)
  }
  const send = (client: Client, bytes: Buffer) => {
    if (client.upstream) return void client.upstream.socket.write(bytes)
    client.waiting.push(bytes)
    if (client.waiting.length > 1) return
    const upstream = mode === 'round robin' ? idle.shift() : idle.pop()
    if (upstream) assign(client, upstream)
    else queue.push(client)
  }

  const server = createServer((socket) => {
    sockets.add(socket.on('error', () => undefined))
    const client: Client = { socket, upstream: undefined, waiting: [] }
    const upstream: Upstream = { socket: connect(target, '127.0.0.1').on('error', () => undefined), client }
    sockets.add(upstream.socket)
    client.upstream = upstream
    let isLoggedIn = false
    framed(upstream.socket, (type, frame) => {
      // Poolers announce a made-up backend process for cancel requests.
      if (type === 'K') frame.writeUInt32BE(frame.readUInt32BE(5) ^ 0x40_00_00_00, 5)
      upstream.client?.socket.write(frame)
      if (type !== 'Z' || frame.toString('latin1', 5, 6) !== 'I') return
      const isExtra = mode === 'single' && !isLoggedIn && idle.length + queue.length > 0
      isLoggedIn = true
      if (!isExtra) return giveBack(upstream)
      client.upstream = undefined
      upstream.client = undefined
      upstream.socket.end()
    })
    socket.on('data', (bytes: Buffer) => {
      // A Terminate message ends the client, not the server connection that others use.
      if (bytes[0] === 0x58 && isLoggedIn && mode !== 'session') return void socket.end()
      send(client, bytes)
    })
    socket.on('close', () => mode === 'session' && upstream.socket.end())
  })
  test.after(() => {
    for (const socket of sockets) socket.destroy()
    server.close()
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  return (server.address() as AddressInfo).port
}

/** Calls back with each message of the server: a type byte, and a length of four bytes that includes itself. */
function framed(socket: Socket, see: (type: string, frame: Buffer) => void): void {
  let kept = Buffer.alloc(0)
  socket.on('data', (bytes: Buffer) => {
    kept = Buffer.concat([kept, bytes])
    while (kept.length >= 5 && kept.length > kept.readUInt32BE(1)) {
      const length = kept.readUInt32BE(1) + 1
      see(String.fromCharCode(kept[0] ?? 0), Buffer.from(kept.subarray(0, length)))
      kept = kept.subarray(length)
    }
  })
}
