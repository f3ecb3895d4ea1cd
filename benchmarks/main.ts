/** `npm run bench [name…]`: runs all or the named benchmarks and prints a line per figure. */
import { availableParallelism, cpus } from 'node:os'
import { benchmarks, measure } from './benchmarks.ts'
import { heading, lineOf } from './row.ts'

const scale = { tokens: 1_000_000, turns: 5, requests: 100_000, seconds: 2, restarts: 20, auditEvents: 20_000 }

// On interruption, exit through `exit`, which removes temporary files.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1))

const names = Object.keys(benchmarks)
const wanted = process.argv.slice(2)
const say = (line: string) => void process.stdout.write(`${line}\n`)
if (wanted.every((name) => names.includes(name))) {
  say(`Node ${process.versions.node}, ${availableParallelism()} cores, ${cpus()[0]?.model ?? 'of an unknown kind'}`)
  say(heading)
  await measure(wanted.length > 0 ? wanted : names, scale, (row) => say(lineOf(row)))
} else {
  say(`Expected names of ${names.join(', ')}.`)
  process.exitCode = 2
}
