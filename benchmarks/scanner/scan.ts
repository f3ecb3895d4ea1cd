import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { Scan, scanGit } from '@mintmark/scanner'
import type { Bench } from '../benchmarks.ts'
import { compared, type Row, takeTurns } from '../figures/row.ts'

const filesPerCommit = 20
const bytesPerFile = 16_000
/** Per file and commit. Git stores the rest as a delta. */
const linesChanged = 5

/** Scanning the whole history of a repository, beside git alone reading the same objects. */
export async function scan({ scale, folder }: Bench): Promise<Row[]> {
  if (spawnSync('git', ['--version']).status !== 0)
    return [{ name: 'scan of a git history: left out without git', unit: 'objects', value: 0 }]
  const repository = { folder: folder('repository'), environment: { PATH: process.env['PATH'] } }
  // The other benchmarks use a million tokens; here the equivalent is 20,000 files in 1,000 commits.
  const bytes = await fill(repository.folder, Math.ceil(scale.tokens / 1_000))

  const scanned = async () => {
    const running = new Scan()
    const startedAt = performance.now()
    await scanGit(running, { ...repository, signal: running.signal })
    if (running.leaks.length > 0 || running.counts.bytes < bytes) throw new Error('the scan did not read everything')
    return performance.now() - startedAt
  }
  const turns = await takeTurns(scale.turns, scanned, () => readByGit(repository.folder))
  const megabytes = Math.max(1, Math.round(bytes / 1_000_000))
  return [
    {
      name: `scan of a git history, ${megabytes.toLocaleString('en')} MB of objects`,
      unit: 'ms',
      ...compared(turns),
      target: { atMost: 1.1 },
    },
  ]
}

async function readByGit(folder: string): Promise<number> {
  const startedAt = performance.now()
  const args = ['-C', folder, 'cat-file', '--batch-all-objects', '--batch', '--buffer']
  const [code] = await once(spawn('git', args, { stdio: 'ignore' }), 'close')
  if (code !== 0) throw new Error(`git exited with code ${code}`)
  return performance.now() - startedAt
}

/** Returns the total number of bytes of its files. */
async function fill(folder: string, commits: number): Promise<number> {
  run(folder, ['init', '-q', '-b', 'main'])
  const child = spawn('git', ['-C', folder, 'fast-import', '--quiet'], { stdio: ['pipe', 'inherit', 'inherit'] })
  const closed = once(child, 'close')
  const files = Array.from({ length: filesPerCommit }, (_, at) => linesOf(at))
  let bytes = 0
  for (let commit = 0; commit < commits; commit++) {
    const parts = [`commit refs/heads/main\ncommitter a <a@example.com> ${1_900_000_000 + commit} +0000\ndata 1\nx\n`]
    for (const [at, lines] of files.entries()) {
      for (let each = 0; each < linesChanged; each++)
        lines[(commit * 31 + each * 97 + at) % lines.length] = line(commit * 7_919 + each * 104_729 + at)
      const text = lines.join('\n')
      bytes += text.length
      parts.push(`M 644 inline folder/file-${at}.ts\ndata ${text.length}\n${text}\n`)
    }
    if (!child.stdin.write(parts.join(''))) await once(child.stdin, 'drain')
  }
  child.stdin.end()
  const [code] = await closed
  if (code !== 0) throw new Error(`git fast-import exited with code ${code}`)
  run(folder, ['repack', '-adq'])
  return bytes
}

const linesOf = (seed: number) => Array.from({ length: bytesPerFile / 40 }, (_, at) => line(seed * 1_000 + at))

/** Text that looks like code, about 40 characters. */
const line = (seed: number) => `  const value${seed % 9_973} = await call(${(seed * 2_654_435_761) % 4_294_967_291})`

function run(folder: string, args: readonly string[]): void {
  const { status, stderr } = spawnSync('git', ['-C', folder, ...args])
  if (status !== 0) throw new Error(`git ${args[0]}: ${stderr}`)
}
