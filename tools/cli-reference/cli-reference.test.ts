import assert from 'node:assert/strict'
import { test } from 'node:test'
import { describeProgram } from './describe-commands.ts'
import { manPage } from './man-page.ts'
import { cliReferencePage } from './reference-page.ts'

test('the reference and the man page describe every command and its options', async () => {
  const [page, man] = [await cliReferencePage(), await manPage()]
  const leaves = (command: Awaited<ReturnType<typeof describeProgram>>): (typeof command)[] =>
    command.commands.length > 0 ? command.commands.flatMap(leaves) : [command]
  const commands = leaves(await describeProgram())
  assert.ok(commands.length > 60)
  for (const { path, options, about } of commands) {
    assert.ok(about.endsWith('.'), `the description of ${path} is a sentence`)
    assert.ok(page.includes(`# mintmark ${path}\n`), path)
    for (const { flags } of options) {
      assert.ok(page.includes(`\`${flags.replaceAll('|', '\\|')}\``), flags)
      assert.ok(man.includes(`.B ${flags.replaceAll('-', '\\-')}\n`), flags)
    }
  }
})

test('a line of the man page starts with a macro that man knows, or with text', async () => {
  const lines = (await manPage()).split('\n').filter((line) => /^[.']/.test(line))
  for (const line of lines) assert.match(line, /^\.(?:\\"|TH|SH|SS|TP|PP|B|nf|fi)(?: |$)/)
})
