import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { noBrowser } from '../testing/console/chromium.ts'
import { benchmarks, measure } from './benchmarks.ts'
import { lineOf } from './figures/row.ts'

const tiny = { tokens: 200, turns: 1, requests: 50, seconds: 5, restarts: 1, auditEvents: 1_000 }

describe('benchmarks', () => {
  for (const name of Object.keys(benchmarks)) {
    test(`${name} measures and prints complete lines`, {
      skip: name === 'first-load' && noBrowser ? 'no browser runs here' : false,
    }, async () => {
      const lines: string[] = []
      await measure([name], tiny, (row) => lines.push(lineOf(row)))
      assert.ok(lines.length > 0)
      for (const line of lines) {
        assert.doesNotMatch(line, /NaN|Infinity|undefined/)
        assert.match(line, /\d \S+ .*(meets|misses|no target)$/)
      }
    })
  }
})
