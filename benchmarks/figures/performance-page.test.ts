import assert from 'node:assert/strict'
import { test } from 'node:test'
import { performancePage } from './performance-page.ts'

test('the rows of a benchmark are replaced, and those of the others are kept', () => {
  const rowOf = (benchmark: string, value: number) => ({ benchmark, row: { name: 'work', unit: 'ms', value } })
  const [earlier, later] = [new Date('2030-01-01'), new Date('2030-01-02')]
  const first = performancePage('a machine', earlier, [rowOf('verdict', 1), rowOf('scan', 2)], '')
  const second = performancePage('a machine', later, [rowOf('verdict', 3), rowOf('verdict', 4)], first)
  const rows = second.split('\n').filter((line) => line.startsWith('| `'))
  assert.deepEqual(rows, [
    '| `scan` | work | 2.00 ms |  |  |  | - | no target | 2030-01-01 |',
    '| `verdict` | work | 3.00 ms |  |  |  | - | no target | 2030-01-02 |',
    '| `verdict` | work | 4.00 ms |  |  |  | - | no target | 2030-01-02 |',
  ])
})
