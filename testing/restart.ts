/** Repeatedly replaces a running server by a new one under load, and counts failed requests. */
import { Agent, request } from 'node:http'
import { startReadyProxy } from './ready-proxy.ts'

export interface Server {
  readonly address: string
  /** Sends SIGTERM. Resolves when the process has exited. */
  stop(): Promise<void>
}

export interface Restarts {
  readonly requests: number
  readonly failures: readonly string[]
}

interface RestartOptions {
  readonly times: number
  readonly clients: number
  /** Sent with every request. */
  readonly token: string
  start(): Promise<Server>
}

export async function restartUnderLoad({ times, clients, token, start }: RestartOptions): Promise<Restarts> {
  const proxy = await startReadyProxy()
  const failures: string[] = []
  let [requests, isOver] = [0, false]
  let server = await start()
  proxy.servers.add(server.address)
  await proxy.uses(server.address)
  const client = async () => {
    const agent = new Agent({ keepAlive: true })
    while (!isOver) {
      requests += 1
      const outcome = await ask(`${proxy.address}/api/iacp/v3/access-tokens/self`, token, agent)
      if (outcome !== '200') failures.push(outcome)
    }
    agent.destroy()
  }
  const load = Promise.all(Array.from({ length: clients }, client))
  try {
    for (let time = 0; time < times; time++) {
      const next = await start()
      proxy.servers.add(next.address)
      const stopped = server.stop()
      await proxy.uses(next.address)
      await stopped
      proxy.servers.delete(server.address)
      server = next
    }
  } finally {
    isOver = true
    await load
    proxy.close()
    await server.stop()
  }
  return { requests, failures }
}

function ask(url: string, token: string, agent: Agent): Promise<string> {
  return new Promise((done) => {
    request(url, { agent, headers: { authorization: `Bearer ${token}` } }, (answer) => {
      answer.resume()
      answer.on('end', () => done(String(answer.statusCode))).on('error', (error) => done(error.message))
    })
      .on('error', (error) => done(error.message))
      .end()
  })
}
