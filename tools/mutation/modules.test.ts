import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { globSync, mkdirSync, realpathSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { test } from 'node:test'
import { temporaryFolder } from '../../testing/temporary-folder.ts'
import { modules } from './modules.ts'

const root = join(import.meta.dirname, '../..')

test('every file that mutation testing names exists', () => {
  // A glob such as {a,b}.ts names two files.
  for (const { name, files, tests } of modules)
    for (const glob of [...files, ...tests])
      for (const each of alternatives(glob)) assert.ok(globSync(each, { cwd: root }).length > 0, `${name}: ${each}`)
})

test('no file is mutated in two modules', () => {
  const files = modules.flatMap(({ files }) => files.flatMap((glob) => globSync(glob, { cwd: root })))
  assert.deepEqual(
    files.filter((file, at) => files.indexOf(file) !== at),
    [],
  )
})

test('in a copy, packages of the repository are the copied ones, and all others the installed ones', (t) => {
  const copy = temporaryFolder(t)
  mkdirSync(join(copy, 'token'))
  writeFileSync(join(copy, 'token/index.ts'), '')
  execFileSync(process.execPath, [join(import.meta.dirname, 'link-packages.ts'), root], { cwd: copy })
  const installed = (folder: string, name: string) => realpathSync(join(folder, 'node_modules', name))
  assert.equal(installed(copy, '@mintmark/token'), realpathSync(join(copy, 'token')))
  assert.equal(installed(copy, 'fastify'), installed(root, 'fastify'))
  assert.equal(dirname(installed(copy, '@fastify/error')), dirname(installed(root, '@fastify/error')))
})

function alternatives(glob: string): string[] {
  const match = /^(.*?)\{([^}]*)\}(.*)$/.exec(glob)
  if (!match) return [glob]
  const [, before = '', list = '', after = ''] = match
  return list.split(',').flatMap((each) => alternatives(`${before}${each}${after}`))
}
