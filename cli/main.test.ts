import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { test } from 'node:test'
import { compileCache } from '../testing/compile-cache.ts'
import { startAuthority } from '../testing/kit.ts'
import { mintmark } from '../testing/run-mintmark.ts'
import { temporaryFolder } from '../testing/temporary-folder.ts'
import manifest from './package.json' with { type: 'json' }

test('version and help are printed to stdout with exit code 0', async (t) => {
  assert.deepEqual(await mintmark(t, ['--version']), { code: 0, stdout: `${manifest.version}\n`, stderr: '' })
  const help = await mintmark(t, ['--help'])
  assert.deepEqual([help.code, help.stderr], [0, ''])
  for (const word of [
    'serve',
    'init',
    'whoami',
    'token',
    'service-account',
    'scan',
    'leaks',
    'audit',
    'MINTMARK_TOKEN',
    'Exit codes',
  ])
    assert.ok(help.stdout.includes(word), word)
  const mint = await mintmark(t, ['token', 'mint', '--help'])
  assert.deepEqual([mint.code, mint.stderr], [0, ''])
  assert.match(mint.stdout, /--expires-in <duration>/)
  assert.doesNotMatch(mint.stdout, /--token/)
})

test('a missing command is wrong usage and prints the help to stderr', async (t) => {
  for (const args of [[], ['token'], ['service-account'], ['audit']]) {
    const { code, stdout, stderr } = await mintmark(t, args)
    assert.deepEqual([code, stdout], [2, ''])
    assert.match(stderr, /^Usage: mintmark/)
  }
})

test('an unknown command or option gives one line with a suggestion', async (t) => {
  const command = await mintmark(t, ['tokn'])
  assert.deepEqual(command, { code: 2, stdout: '', stderr: "mintmark: unknown command 'tokn' (Did you mean token?)\n" })
  const option = await mintmark(t, ['whoami', '--jsn'])
  assert.deepEqual(option, { code: 2, stdout: '', stderr: "mintmark: unknown option '--jsn' (Did you mean --json?)\n" })
})

test('a reader that closes the pipe early, such as head, is not a failure', async (t) => {
  const { app, prepared } = await startAuthority(t)
  const host = await app.server.listen({ port: 0, host: '127.0.0.1' })
  const child = spawn(process.execPath, [join(import.meta.dirname, 'main.ts'), 'token', 'list'], {
    env: { ...compileCache, HOME: temporaryFolder(t), MINTMARK_HOST: host, MINTMARK_TOKEN: prepared.token },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  t.after(() => void child.kill('SIGKILL'))
  child.stdout.destroy()
  let stderr = ''
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
    stderr += chunk
  })
  const [code] = await once(child, 'close')
  assert.deepEqual([code, stderr], [0, ''])
})
