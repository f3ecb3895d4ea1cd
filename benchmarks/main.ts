/**
 * `npm run bench [-- name…]`: runs all or the named benchmarks and prints a line per figure. Figures of a busy machine are
 * printed but not judged. `--tokens N` changes the size of the store, `--write` replaces the rows in docs/performance.md.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { availableParallelism, cpus } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { benchmarks, measure, onDemand } from './benchmarks.ts'
import { type Measured, performancePage } from './figures/performance-page.ts'
import { heading, lineOf } from './figures/row.ts'
import { otherLoad } from './other-load.ts'

const scale = { tokens: 1_000_000, turns: 5, requests: 100_000, seconds: 2, restarts: 20, auditEvents: 20_000 }
const page = join(import.meta.dirname, '../docs/performance.md')

// On interruption, exit through `exit`, which removes temporary files.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1))

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { tokens: { type: 'string' }, write: { type: 'boolean', default: false } },
})
const names = Object.keys({ ...benchmarks, ...onDemand })
const tokens = Number(values.tokens ?? scale.tokens)
const say = (line: string) => void process.stdout.write(`${line}\n`)

if (!positionals.every((name) => names.includes(name))) {
  say(`Expected names of ${names.join(', ')}.`)
  process.exitCode = 2
} else if (!Number.isSafeInteger(tokens) || tokens < 1) {
  say('--tokens: expected a whole number from 1.')
  process.exitCode = 2
} else await run(positionals.length > 0 ? positionals : names)

async function run(wanted: readonly string[]): Promise<void> {
  const machine = `Node ${process.versions.node}, ${availableParallelism()} cores, ${cpus()[0]?.model ?? 'of an unknown kind'}`
  say(machine)
  say(heading)
  const measured: Measured[] = []
  for (const name of wanted) {
    const load = await otherLoad()
    if (load.isBusy) say(`The machine is busy (${load.description}): what follows is not judged.`)
    await measure([name], { ...scale, tokens }, (row) => {
      const judged = load.isBusy ? { ...row, isDisturbed: true } : row
      measured.push({ benchmark: name, row: judged })
      say(lineOf(judged))
    })
  }
  if (!values.write) return
  const before = existsSync(page) ? readFileSync(page, 'utf8') : ''
  writeFileSync(page, performancePage(machine, new Date(), measured, before))
}
