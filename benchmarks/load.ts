/**
 * Load over keep-alive connections with one request in flight on each. Sends prebuilt bytes over plain sockets, because
 * an HTTP client that works as hard as the server would measure itself.
 */
import { connect, type Socket } from 'node:net'
import { quantile } from './figures/row.ts'

export interface Load {
  /** Such as `http://127.0.0.1:8420`. */
  readonly address: string
  readonly connections: number
  /** Ends at whichever limit is reached first. */
  readonly requests: number
  readonly seconds: number
  /** Complete requests, sent in order and repeatedly. */
  readonly sent: readonly Buffer[]
}

export interface LoadResult {
  readonly requests: number
  readonly perSecond: number
  readonly medianMilliseconds: number
  readonly p99Milliseconds: number
}

/** Rejects at the first unsuccessful response. */
export async function load({ address, connections, requests, seconds, sent }: Load): Promise<LoadResult> {
  const { hostname, port } = new URL(address)
  const milliseconds: number[] = []
  let sentCount = 0
  const sockets = await Promise.all(Array.from({ length: connections }, () => connected(hostname, Number(port))))
  const startedAt = performance.now()
  const next = () =>
    sentCount < requests && performance.now() - startedAt < seconds * 1000 ? sent[sentCount++ % sent.length] : undefined
  await Promise.all(sockets.map((socket) => keepBusy(socket, next, (took) => milliseconds.push(took))))
  const elapsed = performance.now() - startedAt
  return {
    requests: milliseconds.length,
    perSecond: (milliseconds.length / elapsed) * 1000,
    medianMilliseconds: quantile(milliseconds, 0.5),
    p99Milliseconds: quantile(milliseconds, 0.99),
  }
}

export function post(path: string, headers: Readonly<Record<string, string>>, body: string): Buffer {
  return request(`POST ${path}`, { ...headers, 'content-length': String(Buffer.byteLength(body)) }, body)
}

export function request(start: string, headers: Readonly<Record<string, string>>, body = ''): Buffer {
  const lines = Object.entries({ host: '127.0.0.1', ...headers }).map(([name, value]) => `${name}: ${value}\r\n`)
  return Buffer.from(`${start} HTTP/1.1\r\n${lines.join('')}\r\n${body}`)
}

function connected(host: string, port: number): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host, port, noDelay: true }, () => resolve(socket))
    socket.once('error', reject)
  })
}

function keepBusy(socket: Socket, next: () => Buffer | undefined, onResponse: (took: number) => void): Promise<void> {
  return new Promise((resolve, reject) => {
    let sentAt = 0
    let received: Buffer | undefined
    const ask = () => {
      const bytes = next()
      if (!bytes) return void socket.end(resolve)
      sentAt = performance.now()
      socket.write(bytes)
    }
    socket.on('data', (chunk: Buffer) => {
      received = received ? Buffer.concat([received, chunk]) : chunk
      const length = lengthOf(received)
      if (length === undefined || received.length < length) return
      onResponse(performance.now() - sentAt)
      if (received[successDigitAt] !== successDigit) reject(new Error(`not a success: ${received.toString()}`))
      received = undefined
      ask()
    })
    socket.once('error', reject)
    socket.once('close', () => reject(new Error('the server closed the connection')))
    ask()
  })
}

// `HTTP/1.1 200 OK`
const successDigitAt = 9
const successDigit = 0x32

/** Returns the length of the complete response. Both servers send the length of every body. */
function lengthOf(received: Buffer): number | undefined {
  const end = received.indexOf('\r\n\r\n')
  if (end < 0) return undefined
  const length = /content-length: (\d+)/i.exec(received.toString('latin1', 0, end))?.[1]
  return end + 4 + Number(length ?? 0)
}
