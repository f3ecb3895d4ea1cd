/**
 * Runs the code blocks of the documentation that are marked `run`, those of a page in one shell, and compares the output
 * with the block marked `output` that follows. In an output, `…` stands for any text.
 */
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { chmodSync, existsSync, writeFileSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { delimiter, dirname, join } from 'node:path'
import { describe, type TestContext, test } from 'node:test'
import { startEverything } from '../testing/everything.ts'
import { type Authority, startAuthority } from '../testing/kit.ts'
import { temporaryFolder } from '../testing/temporary-folder.ts'
import { type Block, type MarkdownPage, readMarkdownPages, root } from '../tools/docs/markdown-page.ts'

const pages = readMarkdownPages()

const path = (process.env['PATH'] ?? '').split(delimiter)
const missing = ['sh', 'curl', 'jq', 'openssl', 'sqlite3'].filter(
  (program) => !path.some((folder) => existsSync(join(folder, program))),
)

/** What readers replace by their own values. */
const placeholders = {
  address: /https?:\/\/(?:127\.0\.0\.1:8420|(?:mintmark|tokens)\.example\.com|example\.scalr\.io)/g,
  token: /paste-the-token-here/g,
}

const isRun = ({ marks }: Block) => marks.includes('run')
const isOutput = ({ marks }: Block) => marks.includes('output')

/** Printed after each block. */
const boundary = '\u001e'

async function runBlocks(
  t: TestContext,
  { blocks }: Pick<MarkdownPage, 'blocks'>,
  authority?: Authority,
): Promise<string[]> {
  const { app, prepared } = authority ?? (await startAuthority(t))
  await app.server.listen({ host: '127.0.0.1', port: 0 })
  const address = `http://127.0.0.1:${(app.server.server.address() as AddressInfo).port}`
  const folder = temporaryFolder(t)
  const mintmark = join(folder, 'mintmark')
  writeFileSync(mintmark, `#!/bin/sh\nexec '${process.execPath}' '${join(root, 'cli/main.ts')}' "$@"\n`)
  chmodSync(mintmark, 0o700)
  const { NODE_TEST_CONTEXT: _, ...env } = process.env
  const child = spawn('sh', ['-eu'], {
    cwd: folder,
    env: {
      ...env,
      HOME: folder,
      MINTMARK_URL: address,
      MINTMARK_TOKEN: prepared.token,
      PATH: [folder, dirname(process.execPath), ...path].join(delimiter),
    },
  })
  let output = ''
  const append = (chunk: string) => {
    output += chunk
  }
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', append)
  const script = blocks.filter(isRun).map(({ text }) => `${text}\nprintf '\\036'\n`)
  child.stdin.end(script.join('').replace(placeholders.address, address).replace(placeholders.token, prepared.token))
  const code = await new Promise<number | null>((done) => void child.once('close', done))
  assert.equal(code, 0, output)
  return output.replaceAll(address, 'http://127.0.0.1:8420').split(boundary)
}

/** Returns each expected output that differs from the one of the block before it. */
function differences({ blocks }: Pick<MarkdownPage, 'blocks'>, outputs: readonly string[]): string[] {
  return blocks.flatMap((block, index) => {
    if (!isOutput(block)) return []
    const output = outputs[blocks.slice(0, index).filter(isRun).length - 1] ?? ''
    return isAsExpected(output.trim(), block.text) ? [] : [`expected:\n${block.text}\nfound:\n${output}`]
  })
}

/** Whether the parts between `…` occur in this order, with nothing before the first and after the last. */
function isAsExpected(output: string, expected: string): boolean {
  const parts = expected.split('…').map((part) => part.trim())
  let at = 0
  for (const part of parts) {
    const found = output.indexOf(part, at)
    if (found < 0) return false
    at = found + part.length
  }
  return output.startsWith(parts[0] ?? '') && output.endsWith(parts.at(-1) ?? '')
}

describe('the commands of a page work as documented:', {
  skip: missing.length > 0 ? `missing: ${missing.join(', ')}` : false,
}, () => {
  for (const page of pages.filter(({ blocks }) => blocks.some(isRun)))
    test(page.path, async (t) => assert.deepEqual(differences(page, await runBlocks(t, page)), []))

  test('the export script and the import handle an object of every type', async (t) => {
    const { authority } = await startEverything(t)
    const page = pages.find(({ path }) => path === 'docs/moving-from-scalr.md') as MarkdownPage
    const [exported = '', imported = ''] = await runBlocks(t, page, authority)
    assert.ok(Number(/(\d+) objects written/.exec(exported)?.[1]) > 25, exported)
    assert.match(imported, /^Account +acc-/)
  })

  test('a failing command and a different output are found', async (t) => {
    const block = (mark: string, text: string) => ({ language: 'sh', marks: [mark], text })
    const page = { blocks: [block('run', 'echo one two'), block('output', 'one…'), block('output', 'two…')] }
    assert.equal(differences(page, await runBlocks(t, page)).length, 1)
    await assert.rejects(runBlocks(t, { blocks: [block('run', 'mintmark token show none')] }), /not-found/)
  })
})
