import { availableParallelism } from 'node:os'
import { Worker } from 'node:worker_threads'
import { needles } from './hiding-places.ts'
import type { Path } from './open-file.ts'
import { type SiftedFiles, siftFiles } from './sift-files.ts'

const filesPerBatch = 64
/** Starting a thread takes longer than sifting this many batches. */
const batchesAlone = 4
const threadsMax = 4
/** Batches per thread: the current one and the next. */
const waitingMax = 2
const batchesAhead = 256

interface Sifter {
  waiting: number
  sift(paths: readonly Path[]): Promise<SiftedFiles>
  stop(): void
}

interface Batch {
  readonly paths: readonly Path[]
  readonly sifted: Promise<SiftedFiles>
  isDone: boolean
}

/**
 * Yields the files to scan in their original order. Sifts on this thread, and for many files on additional threads, up to
 * the number of cores. `report` is called for each batch, in any order.
 */
export async function* suspectsAmong(
  files: Iterable<Path>,
  report: (sifted: SiftedFiles) => void,
): AsyncGenerator<Path> {
  const queue: Batch[] = []
  const sifters: Sifter[] = []
  let batches = 0
  const next = async () => {
    const { paths = [], sifted } = queue.shift() ?? {}
    return (await sifted)?.suspects.map((at) => paths[at]!) ?? []
  }
  try {
    for (const paths of inBatches(files)) {
      batches += 1
      if (batches === batchesAlone) sifters.push(...startSifters())
      const idle = sifters.find(({ waiting }) => waiting < waitingMax)
      const sifted = (idle?.sift(paths) ?? siftFiles(paths, needles)).then((seen) => {
        report(seen)
        batch.isDone = true
        return seen
      })
      // Handled in order.
      sifted.catch(() => {})
      const batch: Batch = { paths, sifted, isDone: false }
      queue.push(batch)
      if (!idle) {
        await sifted
        // Yield to messages of the workers and to signals.
        await new Promise(setImmediate)
      }
      // On interruption, report what is available.
      while (queue[0]?.isDone || queue.length > batchesAhead) yield* await next()
    }
    while (queue.length > 0) yield* await next()
  } finally {
    for (const sifter of sifters) sifter.stop()
  }
}

function* inBatches(files: Iterable<Path>): Generator<Path[]> {
  let batch: Path[] = []
  for (const file of files) {
    batch.push(file)
    if (batch.length < filesPerBatch) continue
    yield batch
    batch = []
  }
  if (batch.length > 0) yield batch
}

const startSifters = () => Array.from({ length: Math.min(threadsMax, availableParallelism()) - 1 }, startSifter)

function startSifter(): Sifter {
  const worker = new Worker(new URL('./sift-thread.ts', import.meta.url), {
    trackUnmanagedFds: false,
    workerData: needles.needles,
  })
  const pending: { done: (seen: SiftedFiles) => void; failed: (error: unknown) => void }[] = []
  let failure: unknown
  worker.on('message', (seen: SiftedFiles) => {
    sifter.waiting -= 1
    pending.shift()?.done(seen)
  })
  worker.on('error', (error) => {
    failure = error
    for (const { failed } of pending.splice(0)) failed(error)
  })
  const sifter: Sifter = {
    waiting: 0,
    sift: (paths) =>
      new Promise((done, failed) => {
        if (failure) return failed(failure)
        sifter.waiting += 1
        pending.push({ done, failed })
        worker.postMessage(paths)
      }),
    stop: () => void worker.terminate(),
  }
  return sifter
}
