import assert from 'node:assert/strict'
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'

/** All other endpoints are declared in `contract/`. The list may only shrink. */
const exceptions = [
  'endpoints/health.ts /healthz', // for supervisors, which do not use the API
  'endpoints/health.ts /readyz',
  'console-files.ts /*', // static files
  'endpoints/mount-endpoints.ts (declared)',
  'resources/mount-resources.ts (declared)',
]

test('only static files and health checks are mounted outside of the declarations', () => {
  const root = join(import.meta.dirname, '../..')
  const mounted = globSync('**/*.ts', { cwd: root })
    .filter((file) => !file.endsWith('.test.ts'))
    .flatMap((file) => {
      const text = readFileSync(join(root, file), 'utf8')
      if (!text.includes("from 'fastify'")) return []
      const routes = text.matchAll(
        /\b(?:app|server|fastify)\s*\.\s*(?:get|head|post|put|patch|delete|options|all|route)\s*\(\s*(?:'([^']*)')?/g,
      )
      return [...routes].map(([, path = '(declared)']) => `${file.replace(/^http\//, '')} ${path}`)
    })
  assert.deepEqual(mounted.toSorted(), exceptions.toSorted())
})
