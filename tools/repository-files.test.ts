/** The files that GitHub reads: they are valid YAML, and the workflows run the same checks as a developer does. */
import assert from 'node:assert/strict'
import { globSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, test } from 'node:test'
import { parseDocument } from 'yaml'

interface Step {
  readonly uses?: string
  readonly run?: string
  readonly env?: Readonly<Record<string, string>>
}

interface Job {
  readonly steps: readonly Step[]
  readonly strategy: { readonly matrix: Readonly<Record<string, readonly (string | number)[]>> }
  readonly services?: Readonly<Record<string, { readonly image: string }>>
}

interface Form {
  readonly name: string
  readonly description: string
  readonly body: readonly {
    readonly type: string
    readonly id?: string
    readonly attributes: { readonly label?: string }
  }[]
}

const root = dirname(import.meta.dirname)
const yamlFiles = globSync('.github/**/*.{yml,yaml}', { cwd: root }).sort()
const read = (path: string) => readFileSync(join(root, path), 'utf8')

function parse(path: string): unknown {
  const document = parseDocument(read(path), { strict: true, uniqueKeys: true })
  assert.deepEqual([...document.errors, ...document.warnings].map(String), [])
  return document.toJS()
}

const jobsOf = (path: string) => Object.values((parse(path) as { jobs: Record<string, Job> }).jobs)

describe('files for GitHub', () => {
  for (const path of yamlFiles) test(`${path} is valid YAML`, () => assert.equal(typeof parse(path), 'object'))

  test('every test job runs npm test', () => {
    const jobs = jobsOf('.github/workflows/test.yml')
    assert.ok(jobs.length > 0)
    for (const { steps } of jobs) assert.ok(steps.some(({ run }) => run === 'npm test'))
  })

  test('tests run on Linux and macOS with each supported Node version, and on each supported PostgreSQL version', () => {
    const [platforms, databases] = jobsOf('.github/workflows/test.yml')
    assert.deepEqual(platforms?.strategy.matrix, { os: ['ubuntu-latest', 'macos-latest'], node: [24, 26] })
    assert.deepEqual(databases?.strategy.matrix['postgresql'], [14, 15, 16, 17, 18])
    const step = databases?.steps.find(({ run }) => run === 'npm test')
    assert.match(step?.env?.['MINTMARK_TEST_POSTGRES'] ?? '', /^postgres:\/\//)
  })

  test('actions are pinned to a major version', () => {
    const used = globSync('.github/workflows/*.yml', { cwd: root })
      .flatMap(jobsOf)
      .flatMap(({ steps }) => steps.flatMap(({ uses }) => uses ?? []))
    assert.ok(used.length > 0)
    assert.deepEqual(
      used.filter((each) => !/^[\w.-]+\/[\w./-]+@v\d+$/.test(each)),
      [],
    )
  })

  test('issue forms have a name, a description and a label for every field', () => {
    const forms = yamlFiles.filter((path) => path.includes('ISSUE_TEMPLATE/') && !path.endsWith('config.yml'))
    assert.ok(forms.length > 0)
    for (const path of forms) {
      const { name, description, body } = parse(path) as Form
      assert.ok(name && description)
      const fields = body.filter(({ type }) => type !== 'markdown')
      assert.ok(fields.length > 0)
      for (const { id, attributes } of fields) assert.ok(id && attributes.label, `${path}: ${id}`)
    }
  })
})

describe('the license', () => {
  const packages = globSync('{.,*}/package.json', { cwd: root, exclude: ['node_modules/**'] })

  test('every package names the license whose text is in LICENSE', () => {
    assert.ok(packages.length > 10)
    for (const path of packages) assert.equal(JSON.parse(read(path)).license, 'Apache-2.0', path)
    assert.match(read('LICENSE'), /Apache License\n\s+Version 2\.0, January 2004/)
  })
})

describe('the glossary', () => {
  const terms = [...read('docs/glossary.md').matchAll(/^\| (?!term |-)([^|]+) \| ([^|]+) \|$/gm)]

  test('every term is there once, in alphabetical order, with a sentence', () => {
    assert.ok(terms.length > 50)
    const names = terms.map(([, name = '']) => name.toLowerCase())
    assert.deepEqual(names, [...new Set(names)].sort())
    for (const [, name = '', meaning = ''] of terms) assert.match(meaning, /\.$/, name)
  })
})

describe('the changelog', () => {
  const headings = (level: number) =>
    [...read('CHANGELOG.md').matchAll(new RegExp(`^#{${level}} (.+)$`, 'gm'))].map(([, heading = '']) => heading)

  test('follows Keep a Changelog: versions with dates, and its groups only', () => {
    const [first, ...released] = headings(2)
    assert.equal(first, '[Unreleased]')
    for (const version of released) assert.match(version, /^\[\d+\.\d+\.\d+\] - \d{4}-\d{2}-\d{2}$/)
    const groups = ['Added', 'Changed', 'Deprecated', 'Removed', 'Fixed', 'Security']
    assert.deepEqual(
      headings(3).filter((group) => !groups.includes(group)),
      [],
    )
  })
})
