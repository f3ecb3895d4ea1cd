import assert from 'node:assert/strict'
import { PassThrough } from 'node:stream'
import { test } from 'node:test'
import { askInit } from './ask-init.ts'

const [enter, down, interrupt] = ['\r', '\x1b[B', '\x03']

/** Answers each question as soon as it is shown. */
function answering(answers: readonly (readonly [RegExp, string])[]) {
  const [input, output] = [new PassThrough(), new PassThrough()]
  const rest = [...answers]
  let shown = ''
  output.setEncoding('utf8').on('data', (text: string) => {
    shown += text
    const [next] = rest
    if (!next?.[0].test(shown)) return
    rest.shift()
    shown = ''
    setImmediate(() => input.write(next[1]))
  })
  return { input, output }
}

test('the answers are the options of init, and an empty account name is main', async () => {
  const answers = await askInit(
    answering([
      [/Account name/, enter],
      [/Email address/, `ada@example.com${enter}`],
      [/Lifetime/, `${down}${enter}`],
    ]),
  )
  assert.deepEqual(answers, { accountName: 'main', email: 'ada@example.com', expiresIn: 43_200 })
})

test('an invalid address is asked for again, and Ctrl-C cancels', async () => {
  const streams = answering([
    [/Account name/, `ops${enter}`],
    [/Email address/, `ada${enter}`],
    [/Enter an email address/, interrupt],
  ])
  await assert.rejects(askInit(streams), { name: 'Failed', message: 'cancelled, nothing was changed' })
})
