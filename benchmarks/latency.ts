/** How long verdicts take while other work runs, beside the same verdicts without it. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { basePath } from '@mintmark/contract'
import type { Bench } from './benchmarks.ts'
import { mintingPath } from './durable-mint.ts'
import { compared, type Row, type Turn } from './figures/row.ts'
import { introspectionOf } from './introspection.ts'
import { load, post, request } from './load.ts'
import { type Server, startAuthority } from './processes.ts'

const connections = 4
const signInsPerSecond = 10
const command = fileURLToPath(new URL('../cli/main.ts', import.meta.url))

export async function latency({ store, scale }: Bench): Promise<Row[]> {
  const filled = await store()
  const { settings, token, withAll } = filled
  await using authority = await startAuthority(settings)
  const bearer = { authorization: `Bearer ${token}` }
  const asked = introspectionOf(filled)
  const p99 = async () => {
    const { requests, seconds } = scale
    return (await load({ address: authority.address, connections, requests, seconds, sent: asked })).p99Milliseconds
  }
  const document = { ...bearer, 'content-type': 'application/vnd.api+json' }
  const minting = await mintingPath(authority.address, document)
  const list = (query: string) => request(`GET ${basePath}/service-accounts/${withAll}/access-tokens?${query}`, bearer)
  const others: Readonly<Record<string, (signal: AbortSignal) => Promise<unknown>>> = {
    'mints, 64 at once': repeatedly(authority, 64, [
      post(minting, document, '{"data":{"type":"access-tokens","attributes":{"name":"nightly build"}}}'),
    ]),
    lists: repeatedly(authority, 2, [list('sort=-last-used-at'), list('page%5Bnumber%5D=500'), list('query=nothing')]),
    'CSV of all tokens': (signal) => readAll(authority, `${basePath}/reports/access-tokens?format=csv`, bearer, signal),
    [`${signInsPerSecond} sign-ins a second`]: (signal) => signIns(authority, signal),
    'audit verify': (signal) => verifyAudit(settings.data, signal),
  }
  const rows: Row[] = []
  await p99()
  for (const [name, other] of Object.entries(others)) {
    const turns: Turn<number>[] = []
    for (let turn = 0; turn < scale.turns; turn++) {
      const baseline = await p99()
      const stopped = new AbortController()
      const running = other(stopped.signal)
      turns.push({ subject: await p99(), baseline })
      stopped.abort()
      await running
    }
    rows.push({ name: `p99 during ${name}`, unit: 'ms', ...compared(turns), target: { atMost: 2 } })
  }
  return rows
}

const repeatedly =
  ({ address }: Server, clients: number, sent: readonly Buffer[]) =>
  async (signal: AbortSignal) => {
    while (!signal.aborted) await load({ address, connections: clients, requests: clients, seconds: 1, sent })
  }

async function readAll({ address }: Server, path: string, headers: Record<string, string>, signal: AbortSignal) {
  const readOnce = async () => {
    const answer = await fetch(address + path, { headers, signal })
    for await (const _ of answer.body ?? []) if (signal.aborted) break
  }
  // Aborting ends the last one.
  while (!signal.aborted) await readOnce().catch((error) => signal.aborted || Promise.reject(error))
}

/** Wrong passwords cost as much as right ones. */
async function signIns({ address }: Server, signal: AbortSignal): Promise<void> {
  for (let number = 0; !signal.aborted; number++) {
    const body = JSON.stringify({ email: `nobody-${number}@mintmark.internal`, password: 'a wrong password' })
    const headers = { 'content-type': 'application/json', 'x-mintmark-console': '1' }
    void fetch(`${address}/auth/sign-in`, { method: 'POST', headers, body }).catch(() => undefined)
    await new Promise((done) => setTimeout(done, 1_000 / signInsPerSecond))
  }
}

async function verifyAudit(data: string, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    const child = spawn(process.execPath, [command, 'audit', 'verify', '--data', join(data)], { stdio: 'ignore' })
    const stop = () => void child.kill()
    signal.addEventListener('abort', stop)
    await once(child, 'exit')
    signal.removeEventListener('abort', stop)
  }
}
