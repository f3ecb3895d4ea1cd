import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { globSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { mintMark, ruleFile } from '@mintmark/token'
import type { Bench } from '../benchmarks.ts'
import { compared, type Row, takeTurns } from '../figures/row.ts'

const filesPerFolder = 40
const threads = 2
const root = join(import.meta.dirname, '../..')
const command = join(root, 'cli/main.ts')

/** The whole command on a source tree in memory, beside ripgrep reading every byte of it. */
export async function scanTree({ scale, folder }: Bench): Promise<Row[]> {
  const ripgrep = await findRipgrep()
  const tree = folder('tree')
  // The other benchmarks use a million tokens; here the equivalent is 20,000 files.
  const bytes = fill(tree, Math.ceil(scale.tokens / 50))
  const rule = join(folder('rule'), 'regex')
  writeFileSync(rule, ruleFile('regex', mintMark('scalr:'), 'https://tokens.example.com').text)

  const scanned = () => timeOf(process.execPath, [command, 'scan', tree], 0)
  const name = `scan of a warm tree, ${Math.max(1, Math.round(bytes / 1_000_000))} MB`
  if (!ripgrep) return [{ name: `${name}, left out without ripgrep`, unit: 'ms', value: await scanned() }]
  // Includes hidden, ignored and binary files, because `mintmark scan` reads all of them.
  const options = ['-uuu', '--text', `--threads=${threads}`, '--file', rule, tree]
  const turns = await takeTurns(scale.turns, scanned, () => timeOf(ripgrep, options, 1))
  return [{ name, unit: 'ms', ...compared(turns), target: { atMost: 3 } }]
}

/** A package provides it for most platforms. */
async function findRipgrep(): Promise<string | undefined> {
  return import('@vscode/ripgrep').then(
    ({ rgPath }) => rgPath,
    () => undefined,
  )
}

async function timeOf(program: string, args: readonly string[], expected: number): Promise<number> {
  const startedAt = performance.now()
  const [code] = await once(spawn(program, args, { stdio: ['ignore', 'ignore', 'inherit'] }), 'close')
  if (code !== expected) throw new Error(`${program} exited with code ${code}`)
  return performance.now() - startedAt
}

/** Writes files of 1 to 60 kB, cut from this repository's sources. Returns their total number of bytes. */
function fill(folder: string, files: number): number {
  const sources = globSync('{authority,cli,contract,scanner}/**/*.ts', { cwd: root }).sort()
  const text = sources.map((path) => readFileSync(join(root, path), 'utf8')).join('')
  let bytes = 0
  for (let at = 0; at < files; at++) {
    const inner = join(folder, String(Math.floor(at / filesPerFolder)))
    if (at % filesPerFolder === 0) mkdirSync(inner)
    const start = (at * 7_919) % (text.length - 60_000)
    const content = Buffer.from(text.slice(start, start + 1_000 + (((at * 104_729) % 97) ** 2 / 97 ** 2) * 59_000))
    writeFileSync(join(inner, `${at}.ts`), content)
    bytes += content.length
  }
  return bytes
}
