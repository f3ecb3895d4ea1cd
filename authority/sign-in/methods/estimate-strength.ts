import { Worker } from 'node:worker_threads'
import { boundedQueue } from '../../identity/users/bounded-queue.ts'
import type { StrengthRequest } from './strength-thread.ts'

const oneAtATime = boundedQueue({ atOnce: 1, waitingMax: 16 })
const memoryMegabytes = 128
/** The word lists take tens of MB, so the thread stops after this time without password checks. */
const idleMilliseconds = 60_000

interface Thread {
  readonly worker: Worker
  pending: PromiseWithResolvers<number> | undefined
}

let thread: Thread | undefined
let idle: NodeJS.Timeout | undefined

/** Returns a score from 0 (guessed at once) to 4. Runs on a separate thread, one password at a time. Throws `too-busy`. */
export function estimateStrength(request: StrengthRequest): Promise<number> {
  return oneAtATime(async () => {
    clearTimeout(idle)
    thread ??= start()
    const { worker } = thread
    thread.pending = Promise.withResolvers<number>()
    // The process may exit while the thread is idle, but not while it estimates.
    worker.ref()
    try {
      worker.postMessage(request)
      return await thread.pending.promise
    } finally {
      worker.unref()
      idle = setTimeout(stop, idleMilliseconds).unref()
    }
  })
}

function start(): Thread {
  const worker = new Worker(new URL('./strength-thread.ts', import.meta.url), {
    resourceLimits: { maxOldGenerationSizeMb: memoryMegabytes },
  })
  const started: Thread = { worker, pending: undefined }
  const fail = (error: unknown) => {
    if (thread === started) thread = undefined
    started.pending?.reject(error)
  }
  worker.on('message', (score: number) => started.pending?.resolve(score))
  worker.on('error', fail)
  worker.on('exit', () => fail(new Error('The thread that estimates passwords exited.')))
  return started
}

function stop(): void {
  void thread?.worker.terminate()
  thread = undefined
}
