import { availableParallelism } from 'node:os'
import { Worker } from 'node:worker_threads'
import { type FilteredFiles, filterFiles } from './filter-files.ts'
import type { Path } from './open-file.ts'
import { tokenPatterns } from './token-patterns.ts'

const filesPerBatch = 64
/** Starting a thread takes longer than filtering this many batches. */
const batchesAlone = 4
const threadsMax = 4
/** Batches per thread: the current one and the next. */
const waitingMax = 2
const batchesAhead = 256

interface FilterWorker {
  waiting: number
  filter(paths: readonly Path[]): Promise<FilteredFiles>
  stop(): void
}

interface Batch {
  readonly paths: readonly Path[]
  readonly filtered: Promise<FilteredFiles>
  isDone: boolean
}

/**
 * Yields the files to scan in their original order. Filters on this thread, and for many files on additional threads, up to
 * the number of cores. `report` is called for each batch, in any order.
 */
export async function* selectFiles(
  files: Iterable<Path>,
  report: (filtered: FilteredFiles) => void,
): AsyncGenerator<Path> {
  const queue: Batch[] = []
  const workers: FilterWorker[] = []
  let batches = 0
  const next = async () => {
    const { paths = [], filtered } = queue.shift() ?? {}
    return (await filtered)?.selected.map((at) => paths[at]!) ?? []
  }
  try {
    for (const paths of inBatches(files)) {
      batches += 1
      if (batches === batchesAlone) workers.push(...startWorkers())
      const idle = workers.find(({ waiting }) => waiting < waitingMax)
      const filtered = (idle?.filter(paths) ?? filterFiles(paths, tokenPatterns)).then((seen) => {
        report(seen)
        batch.isDone = true
        return seen
      })
      // Handled in order.
      filtered.catch(() => {})
      const batch: Batch = { paths, filtered, isDone: false }
      queue.push(batch)
      if (!idle) {
        await filtered
        // Yield to messages of the workers and to signals.
        await new Promise(setImmediate)
      }
      // On interruption, report what is available.
      while (queue[0]?.isDone || queue.length > batchesAhead) yield* await next()
    }
    while (queue.length > 0) yield* await next()
  } finally {
    for (const worker of workers) worker.stop()
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

const startWorkers = () => Array.from({ length: Math.min(threadsMax, availableParallelism()) - 1 }, startWorker)

function startWorker(): FilterWorker {
  const worker = new Worker(new URL('./filter-thread.ts', import.meta.url), {
    trackUnmanagedFds: false,
    workerData: tokenPatterns.patterns,
  })
  const pending: { done: (seen: FilteredFiles) => void; failed: (error: unknown) => void }[] = []
  let failure: unknown
  worker.on('message', (seen: FilteredFiles) => {
    filterWorker.waiting -= 1
    pending.shift()?.done(seen)
  })
  worker.on('error', (error) => {
    failure = error
    for (const { failed } of pending.splice(0)) failed(error)
  })
  const filterWorker: FilterWorker = {
    waiting: 0,
    filter: (paths) =>
      new Promise((done, failed) => {
        if (failure) return failed(failure)
        filterWorker.waiting += 1
        pending.push({ done, failed })
        worker.postMessage(paths)
      }),
    stop: () => void worker.terminate(),
  }
  return filterWorker
}
