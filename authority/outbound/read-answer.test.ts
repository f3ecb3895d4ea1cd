import assert from 'node:assert/strict'
import { test } from 'node:test'
import { readAnswer } from './read-answer.ts'

test('an answer is read to its end when it is short enough', async () => {
  assert.equal(await readAnswer(new Response('häh'), 4), 'häh')
  assert.equal(await readAnswer(new Response(null), 0), '')
  assert.equal(await readAnswer(new Response('12345'), 4), undefined)
})

test('an answer without end is let go of', async () => {
  let sent = 0
  let isCancelled = false
  const endless = new ReadableStream({
    pull: (controller) => controller.enqueue(new Uint8Array(100).fill(sent++ % 100)),
    cancel: () => {
      isCancelled = true
    },
  })
  assert.equal(await readAnswer(new Response(endless), 1_000), undefined)
  assert.ok(isCancelled && sent < 20, `${sent} chunks were taken`)
})
