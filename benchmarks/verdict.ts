import { hash } from 'node:crypto'
import { openDatabase } from '../authority/database/database.ts'
import { newId } from '../authority/ids.ts'
import { LiveReplica } from '../authority/verdicts/live-replica.ts'
import { verifyToken } from '../authority/verdicts/verify-token.ts'
import { realWorld } from '../authority/world.ts'
import type { Bench } from './benchmarks.ts'
import { compared, type Row, takeTurns } from './figures/row.ts'
import { newToken } from './store.ts'

const tokensPerTurn = 2_000

/** The verdict in process, beside only the hash of the same tokens. */
export async function verdict({ store, scale }: Bench): Promise<Row[]> {
  const { file, keys, mark, known } = await store()
  const database = await openDatabase({ file })
  try {
    const replica = new LiveReplica(database)
    await replica.start()
    await replica.loaded
    const verifier = { database, replica, world: realWorld, maxStalenessMilliseconds: 1_000, key: keys.find }
    const isGood = (token: string) => (verifyToken(verifier, token, '127.0.0.1') as { good: boolean }).good
    // A forged token: everything is right except the signature.
    const key = realWorld.random(32)
    const others = { ...keys, current: () => ({ generation: 1, key }) }
    const guessed = Array.from({ length: tokensPerTurn }, () => newToken(mark, others, newId(realWorld, 'at')))

    const turns = scale.turns * 20
    return [
      {
        name: `verdict, good token among ${replica.tokens.size.toLocaleString('en')}`,
        unit: 'µs',
        ...compared(await compareWithHash(turns, (turn) => slice(known, turn), isGood, true)),
        target: { atMost: 3 },
      },
      {
        name: 'verdict, guessed token',
        unit: 'µs',
        ...compared(await compareWithHash(turns, () => guessed, isGood, false)),
      },
    ]
  } finally {
    await database.close()
  }
}

/** Returns microseconds per token. */
function compareWithHash(
  turns: number,
  tokens: (turn: number) => readonly string[],
  isGood: (token: string) => boolean,
  expected: boolean,
) {
  const timed = (turn: number, work: (token: string) => void) => {
    const batch = tokens(turn)
    const startedAt = performance.now()
    for (const token of batch) work(token)
    return ((performance.now() - startedAt) * 1000) / batch.length
  }
  return takeTurns(
    turns,
    (turn) =>
      timed(turn, (token) => {
        if (isGood(token) !== expected) throw new Error(`the verdict should be ${expected}`)
      }),
    (turn) => timed(turn, (token) => hash('sha256', token, 'buffer')),
  )
}

/** Uses different tokens in every turn, so that their index entries are not in the CPU cache. */
function slice(known: readonly string[], turn: number): readonly string[] {
  const start = (turn * tokensPerTurn) % known.length
  return known.slice(start, start + tokensPerTurn)
}
