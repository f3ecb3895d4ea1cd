import { once } from 'node:events'
import { availableParallelism } from 'node:os'
import type { Writable } from 'node:stream'
import { type Repository, startGit } from './git.ts'
import { ObjectSieve } from './object-sieve.ts'

/** One git can keep only one core busy. A third would wait for us. */
const readersMax = 2
/**
 * So many bytes of ids go to one git at a time. Objects that git stores as differences from each other lie side by
 * side, and it is quick only with those that it has just put together.
 */
const shareBytes = 32 * 1024
const newline = 0x0a

export interface Sifted {
  /** Objects worth a closer look: the type of each, by its id. */
  readonly suspects: ReadonlyMap<string, string>
  /** Why not all was read. What was read until then counts. */
  readonly failure?: unknown
}

interface Told {
  readonly bytes?: number
  readonly objects?: number
  readonly damaged?: number
}

/** Reads every object of a repository, in the order in which they are stored, by as many gits as there are cores. */
export async function siftAllObjects(repository: Repository, tell: (told: Told) => void): Promise<Sifted> {
  const list = startGit(repository, [
    ...['cat-file', '--batch-all-objects', '--unordered', '--buffer', '--batch-check=%(objectname)'],
  ])
  list.input.end()
  const sieves = Array.from({ length: Math.min(readersMax, availableParallelism()) }, () => new ObjectSieve())
  const readers = sieves.map((sieve) => ({ sieve, git: startGit(repository, ['cat-file', '--batch', '--buffer']) }))
  const dealing = deal(
    list.output,
    readers.map(({ git }) => git.input),
  ).then(() => list.ended)
  const reading = readers.map(async ({ sieve, git }) => {
    let known = 0
    for await (const piece of git.output) {
      sieve.push(piece)
      tell({ bytes: piece.length, objects: sieve.objects - known })
      known = sieve.objects
    }
    await git.ended
    sieve.end()
    tell({ objects: sieve.objects - known, damaged: sieve.damaged })
  })
  const ends = await Promise.allSettled([dealing, ...reading])
  const failure: unknown = ends.find((end) => end.status === 'rejected')?.reason
  return { suspects: new Map(sieves.flatMap(({ suspects }) => [...suspects])), failure }
}

/** Hands out the ids, line by line whole, to whoever is ready for more. */
async function deal(ids: AsyncIterable<Buffer>, inputs: readonly Writable[]): Promise<void> {
  let held: Buffer[] = []
  let length = 0
  let turn = 0
  try {
    for await (const piece of ids) {
      held.push(piece)
      length += piece.length
      if (length < shareBytes) continue
      const bytes = Buffer.concat(held)
      const end = bytes.lastIndexOf(newline) + 1
      await give(bytes.subarray(0, end), inputs, turn++)
      held = [bytes.subarray(end)]
      length = bytes.length - end
    }
    await give(Buffer.concat(held), inputs, turn)
  } finally {
    for (const input of inputs) input.end()
  }
}

/** To the next in turn that is ready; to nobody when all have ended. */
async function give(ids: Buffer, inputs: readonly Writable[], turn: number): Promise<void> {
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
