import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'

const root = join(import.meta.dirname, '..')

test('what an interrupted build left does not prevent the next one', (t) => {
  // No process has this ID: Linux assigns smaller ones.
  const left = join(root, 'console/dist.99999999')
  mkdirSync(join(left, '.vite'), { recursive: true })
  t.after(() => rmSync(left, { recursive: true, force: true }))
  const mark = () => readFileSync(join(root, 'console/dist/.sources'), 'utf8')
  const before = mark()
  const { status, stderr } = spawnSync(process.execPath, ['tools/build-console.mjs'], { cwd: root, encoding: 'utf8' })
  assert.deepEqual([status, stderr, mark(), existsSync(left)], [0, '', before, true], 'nothing had to be built')
})
