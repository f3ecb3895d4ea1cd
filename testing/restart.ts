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

/** After this many failures no server is left that could answer. */
const failuresMax = 1_000

/** Rejects if the servers stop answering. */
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
      if (failures.length > failuresMax) throw new Error(`no server answers: ${outcome}`)
    }
    agent.destroy()
  }
  const replaceAll = async () => {
    for (let time = 0; time < times; time++) {
      const next = await start()
      proxy.servers.add(next.address)
      const stopped = server.stop()
      await proxy.uses(next.address)
      await stopped
      proxy.servers.delete(server.address)
      server = next
    }
    isOver = true
  }
  try {
    await Promise.all([replaceAll(), ...Array.from({ length: clients }, client)])
  } finally {
    isOver = true
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
