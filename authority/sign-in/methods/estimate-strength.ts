import { Worker } from 'node:worker_threads'
import { boundedQueue } from '../../identity/users/bounded-queue.ts'
import type { StrengthQuestion } from './strength-thread.ts'

const inTurn = boundedQueue({ atOnce: 1, waitingMax: 16 })
const memoryMegabytes = 128
/** Its word lists take tens of MB: they go again when nobody sets a password. */
const idleMilliseconds = 60_000

interface Thread {
  readonly worker: Worker
  /** Who waits for the answer. */
  asked: PromiseWithResolvers<number> | undefined
}

let thread: Thread | undefined
let idle: NodeJS.Timeout | undefined

/** From 0, guessed at once, to 4; on a thread of its own, one after the other. Throws `too-busy`. */
export function estimateStrength(question: StrengthQuestion): Promise<number> {
  return inTurn(async () => {
    clearTimeout(idle)
    thread ??= start()
    const { worker } = thread
    thread.asked = Promise.withResolvers<number>()
    // A process may end while the thread waits for the next question, never while it works on one.
    worker.ref()
    try {
      worker.postMessage(question)
      return await thread.asked.promise
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
  const started: Thread = { worker, asked: undefined }
  const fail = (error: unknown) => {
    if (thread === started) thread = undefined
    started.asked?.reject(error)
  }
  worker.on('message', (score: number) => started.asked?.resolve(score))
  worker.on('error', fail)
  worker.on('exit', () => fail(new Error('The thread that estimates passwords ended.')))
  return started
}

function stop(): void {
  void thread?.worker.terminate()
  thread = undefined
}
