import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { insertChange } from '../../../testing/changes.ts'
import { machine, startAuthority } from '../../../testing/kit.ts'
import { temporaryPostgres } from '../../../testing/postgres.ts'
import { fixedWorld, realWorld } from '../../world.ts'
import { DatabaseClock } from './clock.ts'

const start = Date.parse('2030-01-01T00:00:00.000Z')

describe('the clock of this machine', () => {
  const cases: readonly [what: string, ahead: number, took: number, offset: number, isTrusted: boolean][] = [
    ['that agrees with the database is used', 0, 0, 0, true],
    ['is compared with the middle of the round trip', 500, 1_000, 1_000, true],
    ['that is 2 s behind is used', 2_000, 0, 2_000, true],
    ['that is more than 2 s behind is not used', 2_001, 0, 2_001, false],
    ['that is more than 2 s ahead is not used', -2_001, 0, -2_001, false],
    ['is not compared with a slow answer', 60_000, 1_001, 0, true],
  ]
  for (const [what, ahead, took, offset, isTrusted] of cases)
    test(what, () => {
      const clock = new DatabaseClock(fixedWorld(new Date(start).toISOString()))
      assert.equal(clock.observe(start + ahead, took), !isTrusted)
      assert.deepEqual([clock.offset, clock.isTrusted], [offset, isTrusted])
      assert.equal(clock.now().getTime(), isTrusted ? start : start + offset)
    })
})

const hour = 3_600_000

describe('a node on PostgreSQL', () => {
  const cases: Record<string, { ahead: number; expiresIn: number; status: number }> = {
    'whose clock is behind refuses a token that has expired': { ahead: -hour, expiresIn: -60_000, status: 401 },
    'whose clock is ahead accepts a token that has not expired': { ahead: hour, expiresIn: 600_000, status: 200 },
    'whose clock agrees accepts a token that has not expired': { ahead: 0, expiresIn: 600_000, status: 200 },
  }
  for (const [what, { ahead, expiresIn, status }] of Object.entries(cases))
    test(what, async (t) => {
      const world = { ...realWorld, now: () => new Date(Date.now() + ahead) }
      const metricsToken = 'sixteen-characters-and-more'
      const store = { url: await temporaryPostgres(t) }
      const authority = await startAuthority(t, { store, world, metricsToken })
      const { database, call, log } = authority
      const { id, token } = await machine(authority, 'ci')
      const expiresAt = new Date(Date.now() + expiresIn).toISOString()
      await database.write(async (db) => {
        const [changed] = await db
          .updateTable('accessTokens')
          .set({ expiresAt })
          .where('ownerId', '=', id)
          .returning('id')
          .execute()
        await insertChange(db, 'token', changed?.id ?? '')
      })
      let answer = await call('GET', '/ping', { token })
      // Slow answers of a busy machine are ignored, so it may take several polls.
      const deadline = performance.now() + 20_000
      while (performance.now() < deadline && answer.status !== status) {
        await pause(5)
        answer = await call('GET', '/ping', { token })
      }
      assert.equal(answer.status, status, answer.text)
      assert.equal(log.filter((line) => line.includes('the clock differs')).length, ahead === 0 ? 0 : 1)
      const { text } = await call('GET', '/metrics', { token: metricsToken })
      const offset = Number(/^mintmark_clock_offset_seconds (\S+)$/m.exec(text)?.[1])
      assert.ok(Math.abs(offset + ahead / 1_000) < 60, String(offset))
      // Stored times use the database's clock too.
      const made = await call('POST', '/tags', { body: { data: { type: 'tags', attributes: { name: 'one' } } } })
      assert.equal(made.status, 201)
      const { at } = await database.read
        .selectFrom('auditEvents')
        .select('at')
        .where('action', '=', 'tags.created')
        .executeTakeFirstOrThrow()
      assert.ok(Math.abs(Date.parse(at) - Date.now()) < hour / 2, at)
    })
})
