/** A small load balancer: polls each server's `/readyz` and sends requests to one that is ready. */
import { once } from 'node:events'
import { Agent, createServer, get, request } from 'node:http'
import type { AddressInfo } from 'node:net'

export interface ReadyProxy {
  readonly address: string
  /** The servers to choose from, such as `http://127.0.0.1:8420`. */
  readonly servers: Set<string>
  /** Resolves once requests are forwarded to this server. */
  uses(server: string): Promise<void>
  close(): void
}

const probeMilliseconds = 50

export async function startReadyProxy(): Promise<ReadyProxy> {
  const servers = new Set<string>()
  // Keeps connections alive, as proxies do: the server has to announce when it closes them.
  const agent = new Agent({ keepAlive: true })
  let chosen: string | undefined
  const changed: (() => void)[] = []
  const probe = async () => {
    const ready = await Promise.all([...servers].map(async (server) => ((await isReady(server)) ? server : undefined)))
    const next = ready.includes(chosen) ? chosen : ready.find(Boolean)
    if (next !== undefined) chosen = next
    for (const notify of changed) notify()
  }
  let isProbing = false
  const timer = setInterval(async () => {
    if (isProbing) return
    isProbing = true
    await probe()
    isProbing = false
  }, probeMilliseconds)

  const proxy = createServer((incoming, outgoing) => {
    const refuse = () => {
      if (!outgoing.headersSent) outgoing.writeHead(502)
      outgoing.end()
    }
    if (!chosen) return refuse()
    const { method, url, headers } = incoming
    const sent = request(chosen + url, { method, headers, agent }, (answer) => {
      const { connection: _, ...rest } = answer.headers
      outgoing.writeHead(answer.statusCode ?? 502, rest)
      answer.pipe(outgoing)
      answer.on('error', refuse)
    })
    sent.on('error', refuse)
    incoming.pipe(sent)
  }).listen(0, '127.0.0.1')
  await once(proxy, 'listening')
  return {
    address: `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`,
    servers,
    uses: (server) =>
      new Promise((done) => {
        const notify = () => {
          if (chosen !== server) return
          changed.splice(changed.indexOf(notify), 1)
          done()
        }
        changed.push(notify)
      }),
    close: () => {
      clearInterval(timer)
      proxy.closeAllConnections()
      proxy.close()
      agent.destroy()
    },
  }
}

function isReady(server: string): Promise<boolean> {
  return new Promise((done) => {
    get(`${server}/readyz`, { agent: false, timeout: 1_000 }, (answer) => {
      answer.resume()
      done(answer.statusCode === 200)
    }).on('error', () => done(false))
  })
}
