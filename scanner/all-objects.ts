import { once } from 'node:events'
import { availableParallelism } from 'node:os'
import type { Writable } from 'node:stream'
import { type Repository, startGit } from './git.ts'
import { ObjectFilter } from './object-filter.ts'

/** Each git process uses one core. A third one would wait for our thread. */
const readersMax = 2
/**
 * Bytes of IDs sent to a git process at a time. Objects that are stored as deltas of each other are adjacent, and git is
 * only fast with objects that it has just reconstructed.
 */
const shareBytes = 32 * 1024
const newline = 0x0a

export interface FilterResult {
  /** Types of the objects to scan, by ID. */
  readonly selected: ReadonlyMap<string, string>
  /** The error, if not all objects were read. */
  readonly failure?: unknown
}

interface FilterProgress {
  readonly bytes?: number
  readonly objects?: number
  readonly damaged?: number
}

/** Reads every object of a repository in storage order, with up to two git processes. */
export async function filterAllObjects(
  repository: Repository,
  report: (progress: FilterProgress) => void,
): Promise<FilterResult> {
  const list = startGit(repository, [
    ...['cat-file', '--batch-all-objects', '--unordered', '--buffer', '--batch-check=%(objectname)'],
  ])
  list.input.end()
  const filters = Array.from({ length: Math.min(readersMax, availableParallelism()) }, () => new ObjectFilter())
  const readers = filters.map((filter) => ({ filter, git: startGit(repository, ['cat-file', '--batch', '--buffer']) }))
  const distributing = distributeIds(
    list.output,
    readers.map(({ git }) => git.input),
  ).then(() => list.ended)
  const reading = readers.map(async ({ filter, git }) => {
    let known = 0
    for await (const piece of git.output) {
      filter.push(piece)
      report({ bytes: piece.length, objects: filter.objects - known })
      known = filter.objects
    }
    await git.ended
    filter.end()
    report({ objects: filter.objects - known, damaged: filter.damaged })
  })
  const ends = await Promise.allSettled([distributing, ...reading])
  const failure: unknown = ends.find((end) => end.status === 'rejected')?.reason
  return { selected: new Map(filters.flatMap(({ selected }) => [...selected])), failure }
}

/** Distributes the IDs in whole lines among the processes that are ready for input. */
async function distributeIds(ids: AsyncIterable<Buffer>, inputs: readonly Writable[]): Promise<void> {
  let buffered: Buffer[] = []
  let length = 0
  let turn = 0
  try {
    for await (const piece of ids) {
      buffered.push(piece)
      length += piece.length
      if (length < shareBytes) continue
      const bytes = Buffer.concat(buffered)
      const end = bytes.lastIndexOf(newline) + 1
      await writeToReady(bytes.subarray(0, end), inputs, turn++)
      buffered = [bytes.subarray(end)]
      length = bytes.length - end
    }
    await writeToReady(Buffer.concat(buffered), inputs, turn)
  } finally {
    for (const input of inputs) input.end()
  }
}

/** Writes to the next process that is ready. Does nothing if all have exited. */
async function writeToReady(ids: Buffer, inputs: readonly Writable[], turn: number): Promise<void> {
  for (;;) {
    const alive = inputs.map((_, at) => inputs[(at + turn) % inputs.length]!).filter((input) => !input.destroyed)
    const ready = alive.find((input) => !input.writableNeedDrain)
    if (ready) ready.write(ids)
    if (ready || alive.length === 0) return
    const first = new AbortController()
    const events = alive.flatMap((input) => ['drain', 'close'].map((event) => once(input, event, first)))
    await Promise.race(events).catch(() => {})
    first.abort()
  }
}
