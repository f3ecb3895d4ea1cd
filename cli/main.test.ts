import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { test } from 'node:test'
import { pathToFileURL } from 'node:url'
import { mintmark, mintmarkInThread } from '../testing/cli/run-mintmark.ts'
import { compileCache } from '../testing/compile-cache.ts'
import { startAuthority } from '../testing/kit.ts'
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
  const mint = await mintmarkInThread(t, ['token', 'mint', '--help'])
  assert.deepEqual([mint.code, mint.stderr], [0, ''])
  assert.match(mint.stdout, /--expires-in <duration>/)
  assert.doesNotMatch(mint.stdout, /--token/)
})

test('a missing command is wrong usage and prints the help to stderr', async (t) => {
  for (const args of [[], ['token'], ['service-account'], ['audit']]) {
    const { code, stdout, stderr } = await mintmarkInThread(t, args)
    assert.deepEqual([code, stdout], [2, ''])
    assert.match(stderr, /^Usage: mintmark/)
  }
})

test('an unknown command or option gives one line with a suggestion', async (t) => {
  const command = await mintmarkInThread(t, ['tokn'])
  assert.deepEqual(command, { code: 2, stdout: '', stderr: "mintmark: unknown command 'tokn' (Did you mean token?)\n" })
  const option = await mintmarkInThread(t, ['whoami', '--jsn'])
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

test('completion prints a script for each shell, and complete the matching words with descriptions', async (t) => {
  for (const shell of ['bash', 'zsh', 'fish', 'powershell']) {
    const { code, stdout } = await mintmarkInThread(t, ['completion', shell])
    assert.deepEqual([code, /mintmark.*complete/s.test(stdout)], [0, true], shell)
  }
  const completed = async (...words: string[]) => {
    const { code, stdout, stderr } = await mintmarkInThread(t, ['complete', '--', ...words])
    assert.deepEqual([code, stderr], [0, ''])
    return stdout.split('\n').filter((line) => line.includes('\t'))
  }
  assert.deepEqual(await completed('service-a'), [
    'service-account\tCreate, list, show, update and delete service accounts.',
  ])
  assert.deepEqual(
    (await completed('token', 'r')).map((line) => line.split('\t')[0]),
    ['report', 'rotate'],
  )
  assert.deepEqual(
    (await completed('role', 'list', '--outp')).map((line) => line.split('\t')[0]),
    ['--output'],
  )
  assert.equal((await mintmarkInThread(t, ['completion', 'tcsh'])).code, 2)
})

test('output is colored only if NO_COLOR and --no-color are not set', async (t) => {
  const control = '\u001b['
  const help = async (args: readonly string[], environment: Record<string, string> = {}) =>
    (await mintmark(t, ['token', 'list', '--help', ...args], { environment })).stdout
  assert.ok((await help([], { FORCE_COLOR: '1' })).startsWith(`${control}1mUsage:${control}22m `))
  for (const plain of [
    await help([]),
    await help([], { NO_COLOR: '1' }),
    await help(['--no-color'], { FORCE_COLOR: '1' }),
  ])
    assert.ok(!plain.includes(control))
})

/** Prints the modules of the repository, the packages and the modules of Node that a command has loaded. */
const listModules = `
  import { registerHooks } from 'node:module'
  const loaded = new Set()
  registerHooks({ resolve(specifier, context, next) {
    const found = next(specifier, context)
    if (context.parentURL?.startsWith('file:') && !context.parentURL.includes('/node_modules/')) loaded.add(found.url)
    return found
  } })
  process.on('exit', () => process.stderr.write('loaded ' + JSON.stringify([...loaded]) + '\\n'))`

test('a command loads only what it needs, so that it starts fast', async (t) => {
  const root = pathToFileURL(join(import.meta.dirname, '..')).href
  const loadedBy = async (...args: string[]) => {
    const NODE_OPTIONS = `--import=data:text/javascript,${encodeURIComponent(listModules)}`
    const environment = { NODE_OPTIONS, MINTMARK_TOKEN: 'x', MINTMARK_URL: 'http://127.0.0.1:1' }
    const { stderr } = await mintmark(t, args, { environment })
    const urls: string[] = JSON.parse(/^loaded (.*)$/m.exec(stderr)?.[1] ?? '')
    const names = urls.map((url) =>
      url
        .replace(`${root}/`, '')
        .replace(/^node_modules\/((?:@[^/]+\/)?[^/]+)\/.*/, 'npm:$1')
        .replace(/^(?!cli\/)(\w+)\/.*/, '$1'),
    )
    return [...new Set(names)].toSorted()
  }
  const loaded = await loadedBy('whoami')
  const others = loaded.filter((name) => !name.startsWith('cli/'))
  const nodes = ['node:crypto', 'node:fs', 'node:os', 'node:path', 'node:util']
  assert.deepEqual(others, ['client', 'contract', ...nodes, 'npm:commander', 'npm:fast-string-width', 'token'])
  const folders = new Set(loaded.map((name) => /^cli\/(\w+)\//.exec(name)?.[1]).filter((name) => name !== undefined))
  assert.deepEqual([...folders].toSorted(), ['arguments', 'auth', 'output'])
  for (const name of ['cli/completion.ts', 'cli/auth/login.ts', 'cli/output/list-command.ts'])
    assert.ok(!loaded.includes(name), name)
  assert.ok(!(await loadedBy('--version')).includes('contract'))
})
