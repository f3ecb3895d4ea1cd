/** A thread that runs commands of the CLI one after another, so that their modules are loaded once. */
import { parentPort } from 'node:worker_threads'
import { run } from '../../cli/run.ts'

export interface Command {
  readonly args: readonly string[]
  readonly environment: Readonly<Record<string, string>>
}

parentPort?.on('message', async ({ args, environment }: Command) => {
  for (const name of Object.keys(process.env)) delete process.env[name]
  Object.assign(process.env, environment)
  process.argv.splice(2, process.argv.length, ...args)
  process.exitCode = undefined
  const written = { stdout: '', stderr: '' }
  for (const name of ['stdout', 'stderr'] as const) {
    process[name].write = (chunk: string | Uint8Array, ...rest: unknown[]) => {
      written[name] += typeof chunk === 'string' ? chunk : Buffer.from(chunk).toString()
      const done = rest.findLast((each) => typeof each === 'function')
      if (done) queueMicrotask(done as () => void)
      return true
    }
  }
  await run()
  parentPort?.postMessage({ code: process.exitCode ?? 0, ...written })
})
