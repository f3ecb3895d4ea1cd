import assert from 'node:assert/strict'
import { test } from 'node:test'
import { startAuthority } from '../../journeys/kit.ts'
import { newRunState } from './run-state.ts'

test('the access log is of all requests, of those that failed, or of none, from one request to the next', async (t) => {
  const runState = newRunState()
  const { call, log } = await startAuthority(t, { runState })
  const lines = async () => {
    log.length = 0
    await call('GET', '/ping')
    await call('GET', '/ping', { token: 'wrong' })
    return log
      .map((line) => JSON.parse(line))
      .filter(({ msg }) => msg === 'request')
      .map(({ status }) => status)
  }
  assert.deepEqual(await lines(), [200, 401])
  runState.accessLog = 'errors'
  assert.deepEqual(await lines(), [401])
  runState.accessLog = 'off'
  assert.deepEqual(await lines(), [])
})

test('a server that drains says so in readiness and closes each connection, and still answers', async (t) => {
  const runState = newRunState()
  const { call } = await startAuthority(t, { runState })
  const told = async (path: string) => {
    const { status, headers } = await call('GET', path)
    return [status, headers.connection]
  }
  assert.deepEqual(await told('/readyz'), [200, 'keep-alive'])
  runState.isDraining = true
  assert.deepEqual(await told('/readyz'), [503, 'close'])
  assert.deepEqual(await told('/ping'), [200, 'close'])
  assert.deepEqual(await told('/nothing-here'), [404, 'close'])
})
