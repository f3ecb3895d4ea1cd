import assert from 'node:assert/strict'
import { PassThrough } from 'node:stream'
import { test } from 'node:test'
import { confirm } from './confirm.ts'

type Terminal = Parameters<typeof confirm>[2]

/** A terminal at which somebody types this text, or a pipe. */
function terminal(typed: string, { isTTY = true } = {}) {
  const [input, output] = [new PassThrough(), new PassThrough()]
  input.end(typed)
  output.setEncoding('utf8')
  return { streams: { input: Object.assign(input, { isTTY }), output: Object.assign(output, { isTTY }) }, output }
}

test('on a terminal, only y and yes confirm the question', async () => {
  for (const typed of ['y\n', 'YES\n', ' yes \n']) {
    const { streams, output } = terminal(typed)
    await confirm('Delete x?', {}, streams as unknown as Terminal)
    assert.match(output.read(), /Delete x\? \[y\/N\] /)
  }
  for (const typed of ['\n', 'n\n', 'yep\n', ''])
    await assert.rejects(confirm('Delete x?', {}, terminal(typed).streams as unknown as Terminal), {
      name: 'Failed',
      message: 'cancelled, nothing was changed',
    })
})

test('without a terminal, a command that cannot be undone requires --yes or --dry-run', async () => {
  const { streams } = terminal('y\n', { isTTY: false })
  await assert.rejects(confirm('Delete x?', {}, streams as unknown as Terminal), {
    name: 'WrongUsage',
    message: /add --yes to confirm it/,
  })
  for (const flags of [{ yes: true }, { dryRun: true }]) {
    const { streams, output } = terminal('', { isTTY: false })
    await confirm('Delete x?', flags, streams as unknown as Terminal)
    assert.equal(output.read(), null)
  }
})
