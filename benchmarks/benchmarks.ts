/**
 * Benchmarks: the numbers that the design promises, each beside a baseline in the same run. They are reported, never
 * asserted, because they depend on the machine.
 */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { betterAuth } from './better-auth.ts'
import { bursts } from './bursts.ts'
import { durableMint, durableMintPostgres } from './durable-mint.ts'
import type { Row } from './figures/row.ts'
import { firstLoad } from './first-load.ts'
import { introspection } from './introspection.ts'
import { lastUse } from './last-use.ts'
import { latency } from './latency.ts'
import { lists } from './lists.ts'
import { millionTokens } from './million-tokens.ts'
import { restart } from './restart.ts'
import { scan } from './scanner/scan.ts'
import { scanTree } from './scanner/scan-tree.ts'
import { seal } from './seal.ts'
import { fillStore, type Store } from './store.ts'
import { verdict } from './verdict.ts'
import { workers } from './workers.ts'

export interface Scale {
  readonly tokens: number
  readonly turns: number
  /** A turn ends at whichever limit is reached first. */
  readonly requests: number
  readonly seconds: number
  readonly restarts: number
  readonly auditEvents: number
}

/** The input of a benchmark. */
export interface Bench {
  readonly scale: Scale
  /** Creates a folder with this name. */
  folder(name: string): string
  /** Returns the store with many tokens. It is created on first use. */
  store(): Promise<Store>
}

export const benchmarks: Readonly<Record<string, (bench: Bench) => Promise<Row[]>>> = {
  verdict,
  introspection,
  workers,
  'durable-mint': durableMint,
  'durable-mint-postgres': durableMintPostgres,
  'million-tokens': millionTokens,
  lists,
  'last-use': lastUse,
  bursts,
  latency,
  scan,
  'scan-tree': scanTree,
  'first-load': firstLoad,
  restart,
  seal,
}

/** These install packages that nothing else needs, so `npm test` does not run them. */
export const onDemand: typeof benchmarks = { 'better-auth': betterAuth }

/** Works in the folder for temporary files, so `TMPDIR` selects the disk that is measured. */
export async function measure(names: readonly string[], scale: Scale, say: (row: Row) => void): Promise<void> {
  const root = mkdtempSync(join(tmpdir(), 'mintmark-bench-'))
  const remove = () => rmSync(root, { recursive: true, force: true })
  process.once('exit', remove)
  const folder = (name: string) => {
    mkdirSync(join(root, name))
    return join(root, name)
  }
  let filled: Promise<Store> | undefined
  const store = () => {
    filled ??= fillStore(folder('store'), scale.tokens)
    return filled
  }
  try {
    for (const name of names)
      for (const row of (await (benchmarks[name] ?? onDemand[name])?.({ scale, folder, store })) ?? []) say(row)
  } finally {
    remove()
    process.off('exit', remove)
  }
}
