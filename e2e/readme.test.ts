/** Runs the README's walk as written. Only the address and the token that `npm start` printed are inserted. */
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { delimiter, dirname, join } from 'node:path'
import { describe, test } from 'node:test'
import { startAuthority } from '../testing/kit.ts'

const root = dirname(import.meta.dirname)
const readme = readFileSync(join(root, 'README.md'), 'utf8')
const [given = '', withCurl = '', withCommand = ''] = [...readme.matchAll(/```sh walk\n([\s\S]*?)```/g)].map(
  ([, text]) => text,
)

const path = (process.env['PATH'] ?? '').split(delimiter)
const isThere = (program: string) => path.some((folder) => existsSync(join(folder, program)))
const shell = '/bin/sh'

async function walk(
  t: Parameters<typeof startAuthority>[0],
  script: string,
): Promise<{ code: number | null; output: string }> {
  const { app, prepared } = await startAuthority(t)
  await app.server.listen({ host: '127.0.0.1', port: 0 })
  const { port } = app.server.server.address() as AddressInfo
  const start = given
    .replace('http://127.0.0.1:8420', `http://127.0.0.1:${port}`)
    .replace('paste-the-token-here', prepared.token)
  const { NODE_TEST_CONTEXT: _, ...env } = process.env
  // `node` in the walk is the Node that runs this test. Any Node since 20 would print the same.
  const child = spawn(shell, ['-eu'], {
    cwd: root,
    env: { ...env, PATH: [dirname(process.execPath), ...path].join(delimiter) },
  })
  let output = ''
  const append = (chunk: string) => {
    output += chunk
  }
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', append)
  child.stdin.end(start + script)
  const code = await new Promise<number | null>((done) => void child.once('close', done))
  return { code, output }
}

describe('the walk of the README', { skip: existsSync(shell) ? false : '/bin/sh is missing' }, () => {
  test('with curl: service account, policy, token, use, delete, 401', {
    skip: isThere('curl') ? false : 'there is no curl here',
  }, async (t) => {
    const { code, output } = await walk(t, withCurl)
    assert.equal(code, 0, output)
    assert.deepEqual(output.trim().split('\n'), ['policy: 201', 'use: 200', 'delete: 204', 'use again: 401'])
  })

  test('with the command line', async (t) => {
    const { code, output } = await walk(t, withCommand)
    assert.equal(code, 0, output)
    for (const word of ['owner@mintmark.internal', 'weekly', 'cron', 'eyJ'])
      assert.ok(output.includes(word), `${word} is not in\n${output}`)
  })
})
