import assert from 'node:assert/strict'
import { test } from 'node:test'
import { startAuthority } from '../../journeys/kit.ts'
import { fixedWorld } from '../world.ts'
import { listUses } from './token-use-store.ts'
import { gatherUsage } from './usage.ts'

test('whoever uses a token from everywhere fills no table', async (t) => {
  const world = fixedWorld('2030-01-01T00:00:00.000Z')
  const { database } = await startAuthority(t, { world })
  const usage = gatherUsage(database, world, (error) => assert.fail(error as Error))
  const useFrom = async (third: number, count: number) => {
    for (let fourth = 0; fourth < count; fourth++) usage.seen('at-1', `10.${third}.${fourth}.1`, 'ping')
    await usage.flush()
  }
  for (let third = 0; third < 6; third++) await useFrom(third, 100)
  await useFrom(9, 150)
  const uses = await listUses(database.read, ['at-1'])
  assert.equal(uses.length, 502)
  assert.equal(
    uses.reduce((sum, { times }) => sum + times, 0),
    750,
    'and nothing goes uncounted',
  )
  assert.deepEqual(
    uses
      .filter(({ network }) => network === 'others')
      .map(({ operation, times }) => [operation, times])
      .toSorted(),
    [
      ['others', 50],
      ['ping', 200],
    ],
  )
  await usage.stop()
})

test('what could not be written is written the next time', async (t) => {
  const world = fixedWorld('2030-01-01T00:00:00.000Z')
  const { database } = await startAuthority(t, { world })
  let fails = true
  const troubled = {
    ...database,
    write: ((work) => (fails ? Promise.reject(new Error('busy')) : database.write(work))) as typeof database.write,
  }
  const troubles: unknown[] = []
  const usage = gatherUsage(troubled, world, (error) => troubles.push(error))
  usage.seen('at-1', '192.0.2.1', 'ping')
  await usage.flush()
  fails = false
  usage.seen('at-1', '192.0.2.2', 'ping')
  await usage.flush()
  assert.equal(troubles.length, 1)
  const [{ times } = { times: 0 }, ...more] = await listUses(database.read, ['at-1'])
  assert.deepEqual([times, more.length], [2, 0])
  await usage.stop()
})
