/** Restarts under load, as in a rolling update: the new server is ready before the old one gets SIGTERM. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { restartUnderLoad, type Server } from '../testing/restart.ts'
import type { Bench } from './benchmarks.ts'
import type { Row } from './figures/row.ts'
import { prepareStore } from './store.ts'

const command = fileURLToPath(new URL('../cli/main.ts', import.meta.url))
const clients = 8

export async function restart({ scale, folder }: Bench): Promise<Row[]> {
  const data = folder('restart')
  const { token } = await prepareStore(data)
  const times = scale.restarts
  const { requests, failures } = await restartUnderLoad({ times, clients, token, start: () => start(data) })
  return [
    { name: `requests during ${times} restarts`, unit: 'requests', value: requests },
    { name: 'of them failed', unit: 'requests', value: failures.length, target: { atMost: 0 } },
  ]
}

async function start(data: string): Promise<Server> {
  const child = spawn(process.execPath, [command, 'serve', '--port', '0', '--data', data, '--drain', '1'], {
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  const ended = once(child, 'exit')
  return {
    address: await addressOf(child),
    stop: async () => {
      child.kill('SIGTERM')
      await ended
    },
  }
}

async function addressOf({ stdout }: ChildProcess): Promise<string> {
  let output = ''
  for await (const piece of stdout ?? []) {
    output += piece
    const [, address] = /is listening on (\S+)/.exec(output) ?? []
    if (address) return address
  }
  throw new Error(`the server did not start: ${output}`)
}
