import assert from 'node:assert/strict'
import { test } from 'node:test'
import { readBody } from './read-body.ts'

test('a body is returned if it is at most as long as the limit', async () => {
  assert.equal(await readBody(new Response('häh'), 4), 'häh')
  assert.equal(await readBody(new Response(null), 0), '')
  assert.equal(await readBody(new Response('12345'), 4), undefined)
})

test('an endless body is cancelled', async () => {
  let sent = 0
  let isCancelled = false
  const endless = new ReadableStream({
    pull: (controller) => controller.enqueue(new Uint8Array(100).fill(sent++ % 100)),
    cancel: () => {
      isCancelled = true
    },
  })
  assert.equal(await readBody(new Response(endless), 1_000), undefined)
  assert.ok(isCancelled && sent < 20, `${sent} chunks were read`)
})
