import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, openSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { temporaryFolder } from '../../testing/temporary-folder.ts'
import { openLog } from './log.ts'

test('closing the log writes every line in order', async (t) => {
  const file = join(temporaryFolder(t), 'log')
  const fd = openSync(file, 'w')
  t.after(() => closeSync(fd))
  const { logger, close } = openLog('info', fd)
  // Nothing to write yet.
  await close()
  for (let i = 0; i < 2_000; i++) logger.info({ i }, 'line')
  logger.debug('not this one')
  await close()
  const numbers = readFileSync(file, 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line).i)
  assert.deepEqual(
    numbers,
    Array.from({ length: 2_000 }, (_, i) => i),
  )
})

const script = (body: string) =>
  `import { openLog } from ${JSON.stringify(join(import.meta.dirname, 'log.ts'))}; const { logger, close } = openLog('info'); ${body}`

test('a process whose log has no reader still exits', async (t) => {
  const body =
    "process.stdin.once('end', async () => { logger.info('x'.repeat(100000)); await close(); logger.info('y'); process.exit(7) }).resume()"
  const child = spawn(process.execPath, ['--input-type=module', '-e', script(body)], { stdio: 'pipe' })
  t.after(() => child.kill('SIGKILL'))
  child.stderr.destroy()
  child.stdin.end()
  assert.deepEqual(await once(child, 'exit'), [7, null])
})

test('a process whose log cannot be written, as on a closed terminal, still exits', async (t) => {
  const file = JSON.stringify(import.meta.filename)
  const body = `const broken = openLog('info', (await import('node:fs')).openSync(${file}, 'r')); broken.logger.info('x'); process.exit(7)`
  const child = spawn(process.execPath, ['--input-type=module', '-e', script(body)], { stdio: 'ignore' })
  t.after(() => child.kill('SIGKILL'))
  assert.deepEqual(await once(child, 'exit'), [7, null])
})

test('lines logged right before process.exit are written', async () => {
  const body = "logger.error('last words'); process.exit(3)"
  const child = spawn(process.execPath, ['--input-type=module', '-e', script(body)], { stdio: 'pipe' })
  let output = ''
  child.stderr.setEncoding('utf8').on('data', (text) => {
    output += text
  })
  assert.deepEqual(await once(child, 'close'), [3, null])
  assert.match(output, /last words/)
})

test('a terminal gets readable lines, without control characters of clients', async (t) => {
  const file = join(temporaryFolder(t), 'log')
  const fd = openSync(file, 'w')
  t.after(() => closeSync(fd))
  const { logger, close } = openLog('info', fd, true)
  logger.info({ method: 'GET', path: '/teams', status: 200, token: undefined }, 'request')
  logger.error({ err: 'two words', evil: '\u001b[2J\u009b\u202e\n' }, 'failed')
  await close()
  const time = String.raw`\d\d:\d\d:\d\d`
  assert.match(
    readFileSync(file, 'utf8'),
    new RegExp(
      `^${time} INFO  request method=GET path=/teams status=200\n${time} ERROR failed err="two words" evil="[^\\p{Cc}\u202e]*"\n$`,
      'u',
    ),
  )
})
