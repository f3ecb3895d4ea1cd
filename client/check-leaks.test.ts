import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { test } from 'node:test'
import { limits } from '@mintmark/contract'
import { startAuthority } from '../testing/kit.ts'
import { checkLeaks, connect, Refused, Unreachable } from './index.ts'

const hex = (text: string) => createHash('sha256').update(text).digest('hex')

async function statesOf(server: Parameters<typeof checkLeaks>[0], hashes: readonly string[]) {
  const result = []
  for await (const states of checkLeaks(server, hashes)) result.push(...states)
  return result
}

test('states are returned in the order of the hashes for any number of them, and no token is sent', async (t) => {
  const { app, prepared } = await startAuthority(t)
  const address = await app.server.listen({ port: 0, host: '127.0.0.1' })
  const sent: string[] = []
  const watched: typeof fetch = (url, options) => {
    sent.push(JSON.stringify([url, options?.headers, options?.body]))
    return fetch(url, options)
  }
  const hashes = Array.from({ length: 2 * limits.leakHashesPerCheck + 1 }, (_, at) => hex(String(at)))
  hashes[0] = hashes[hashes.length - 1] = hex(prepared.token)
  const states = await statesOf({ address, fetch: watched as never }, hashes)
  assert.deepEqual(
    states.map((state, at) => (state === 'active' ? at : -1)).filter((at) => at >= 0),
    [0, hashes.length - 1],
  )
  assert.equal(states.length, hashes.length)
  assert.equal(sent.length, 3)
  for (const each of sent) assert.doesNotMatch(each, /eyJ|authorization/i)
})

test("a response that is not Mintmark's is reported as such", async () => {
  const address = 'http://127.0.0.1:1'
  const answering = (status: number, body: unknown) => ({
    address,
    fetch: async () => new Response(JSON.stringify(body), { status }),
  })
  for (const body of [{}, { states: [] }, { states: ['alive'] }, { states: 'active' }, []])
    await assert.rejects(statesOf(answering(200, body), [hex('')]), Unreachable)
  await assert.rejects(statesOf(answering(429, { errors: [{ code: 'too-many-reports' }] }), [hex('')]), Refused)
  await assert.rejects(statesOf({ address: 'http://tokens.example.com' }, [hex('')]), TypeError)
})

test('the fingerprint file is returned unchanged', async (t) => {
  const { app, prepared } = await startAuthority(t)
  const address = await app.server.listen({ port: 0, host: '127.0.0.1' })
  const file = await connect({ address, token: prepared.token }).fingerprints()
  assert.match(file, /^# mintmark fingerprints 1 issuer=\S+ made=\S+ count=1\n[0-9a-f]{24}\n$/)
  await assert.rejects(connect({ address, token: 'x' }).fingerprints(), Refused)
})
