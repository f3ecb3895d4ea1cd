import assert from 'node:assert/strict'
import { test } from 'node:test'
import { reportFilter, tokenFilter } from './token-filters.ts'

const at = new Date('2030-06-01T00:00:00.000Z')
const day = 1_440
const times = (created: string, expires: string | null, used: string | null = null) => ({
  createdAt: `${created}T00:00:00.000Z`,
  expiresAt: expires && `${expires}T00:00:00.000Z`,
  lastUsedAt: used && `${used}T00:00:00.000Z`,
})

const tokens = {
  endless: times('2030-01-01', null, '2030-05-31'),
  forgotten: times('2029-01-01', null, '2030-02-01'),
  fresh: times('2030-05-31', '2030-12-01'),
  neverUsed: times('2030-01-01', '2030-06-10'),
  expired: times('2030-01-01', '2030-06-01', '2030-05-31'),
}

const selected = (flags: Partial<Parameters<typeof tokenFilter>[0]>) => {
  const isSelected = tokenFilter({ expiry: true, ...flags }, at)
  return Object.entries(tokens).flatMap(([name, token]) => (isSelected(token) ? [name] : []))
}

test('tokens are selected by use and expiry', () => {
  assert.deepEqual(selected({}), Object.keys(tokens))
  assert.deepEqual(selected({ unused: 90 * day }), ['forgotten', 'neverUsed'])
  assert.deepEqual(selected({ expiring: 14 * day }), ['neverUsed'])
  assert.deepEqual(selected({ expiry: false }), ['endless', 'forgotten'])
  assert.deepEqual(selected({ expired: true }), ['expired'])
  assert.deepEqual(selected({ unused: 90 * day, expiry: false }), ['forgotten'])
})

test('the server finds at least the selected tokens of the report', () => {
  const of = (flags: Partial<Parameters<typeof reportFilter>[0]>) => reportFilter({ expiry: true, ...flags })
  assert.deepEqual(of({}), {})
  assert.deepEqual(of({ unused: 90 * day }), { unusedForDays: '90' })
  assert.deepEqual(of({ unused: 90 * day + 1 }), { unusedForDays: '90' })
  assert.deepEqual(of({ unused: day - 1 }), {})
  assert.deepEqual(of({ expiring: 14 * day }), { isExpired: 'false', expiresWithinDays: '14' })
  assert.deepEqual(of({ expiring: 60 }), { isExpired: 'false', expiresWithinDays: '1' })
  assert.deepEqual(of({ expiry: false, unused: 7 * day }), {
    isExpired: 'false',
    hasExpiry: 'false',
    unusedForDays: '7',
  })
  assert.deepEqual(of({ expired: true }), { isExpired: 'true' })
})
