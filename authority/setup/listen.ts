/** Listens, and reports an unusable address in one clear sentence. */
import { createServer } from 'node:net'
import { type Settings, WrongUsage } from './config.ts'

const listenErrors: Record<string, string> = {
  EADDRINUSE: 'is in use by another program',
  EACCES: 'may not be used without more rights',
  EADDRNOTAVAIL: 'is not an address of this machine',
  ENOTFOUND: 'is not an address of this machine',
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
    const why = listenErrors[(error as { code?: string }).code ?? '']
    if (why) throw new WrongUsage(`--port: ${host}:${port} ${why}`)
    throw error
  }
}
