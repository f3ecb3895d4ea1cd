/** Listens, and reports an unusable address in one clear sentence. */
import { createServer } from 'node:net'
import { type Settings, WrongUsage } from './config.ts'

const listenErrors: Record<string, { readonly option: string; readonly reason: string }> = {
  EADDRINUSE: { option: '--port', reason: 'is in use by another process' },
  EACCES: { option: '--port', reason: 'requires elevated privileges' },
  EADDRNOTAVAIL: { option: '--host', reason: 'is not an address of this machine' },
  ENOTFOUND: { option: '--host', reason: 'is not an address of this machine' },
}

/** Checks that the port is free by listening on it briefly. */
export async function refuseUsedPort({ host, port }: Settings): Promise<void> {
  const probe = createServer()
  await explainListenErrors(
    { host, port },
    () => new Promise((done, failed) => void probe.once('error', failed).listen(port, host, () => done(''))),
  )
  await new Promise((closed) => probe.close(closed))
}

export async function explainListenErrors(
  { host, port }: Pick<Settings, 'host' | 'port'>,
  listen: () => Promise<string>,
): Promise<string> {
  try {
    return await listen()
  } catch (error) {
    const known = listenErrors[(error as { code?: string }).code ?? '']
    if (known) throw new WrongUsage(`${known.option}: ${host}:${port} ${known.reason}`)
    throw error
  }
}
