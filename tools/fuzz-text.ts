/**
 * Feeds random text to all functions that parse text of unauthenticated clients, for the given number of seconds: `npm
 * run fuzz -- 60`. Stops at the first text that takes more CPU time than one turn of the event loop may.
 */

import { cpuOf, turnMillisecondsMax } from '../testing/event-loop/turn-cpu.ts'
import { hostileText, read, readers } from '../testing/hostile-text.ts'

const seconds = Number(process.argv[2] ?? 60)
if (!(seconds > 0)) throw new Error('Expected a number of seconds.')

const until = performance.now() + seconds * 1_000
let texts = 0
while (performance.now() < until && process.exitCode === undefined) {
  const text = hostileText((below) => Math.floor(Math.random() * below))
  texts += 1
  for (const [name, reader] of Object.entries(readers)) {
    if (cpuOf(() => read(reader, text), 1) <= turnMillisecondsMax) continue
    const milliseconds = cpuOf(() => read(reader, text))
    if (milliseconds <= turnMillisecondsMax) continue
    process.stdout.write(
      `${name}: ${milliseconds} ms for ${text.length} characters ${JSON.stringify(text.slice(0, 80))}\n`,
    )
    process.exitCode = 1
  }
}
process.stdout.write(`${texts} texts, ${process.exitCode ? 'one took too long' : 'none took too long'}\n`)
