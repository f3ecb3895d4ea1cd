/** The generated pages, without a browser. */
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { resources } from '@mintmark/contract'
import { contents } from '../docs/contents.ts'
import { readMarkdownPages, root } from '../docs/markdown-page.ts'
import { apiGroups } from './api/api-operations.ts'
import { exampleBody, exampleRequests } from './api/example-requests.ts'
import { referencePages } from './api/reference-pages.ts'
import { helpPages } from './build-help.ts'
import { urlOfPage } from './page-urls.ts'

const help = helpPages(readMarkdownPages())
const reference = referencePages()
const pages = new Map([...help, ...reference].map((page) => [page.url, page.main]))
const operations = apiGroups().flatMap((group) => group.operations)

test('every link to a page of /help or /docs leads to a page and a heading', () => {
  const broken = [...pages].flatMap(([url, html]) =>
    [...html.matchAll(/<a (?:class="anchor" )?href="([^"]*)"/g)].flatMap(([, href = '']) => {
      if (!/^(?:#|\/(?:help|docs)(?:[/#]|$))/.test(href)) return []
      const [path, id] = href.split('#')
      const target = pages.get(path || url)
      return target !== undefined && (!id || target.includes(`id="${id}"`)) ? [] : [`${url}: ${href}`]
    }),
  )
  assert.deepEqual(broken, [])
})

test('every page of the table of contents is published, and every image', () => {
  for (const { entries } of contents()) for (const { path } of entries) assert.ok(pages.has(urlOfPage(path)), path)
  const images = [...pages.values()].flatMap((html) => [...html.matchAll(/<img src="([^"]*)"/g)].map(([, src]) => src))
  assert.ok(images.length > 8)
  for (const src of images) assert.match(String(src), /^\/help\/images\/[\w-]+\.(?:svg|png)$/)
})

test('the reference describes every operation, with an example, and grammatical articles', () => {
  const html = reference.map(({ main }) => main).join('\n')
  assert.ok(operations.length > 140)
  for (const { id } of operations) assert.ok(html.includes(`<h2 id="${id}">`), id)
  assert.doesNotMatch(html, /\ba (?:access|agent|environment|account|assume|identity|audit)\b/i)
})

describe('examples', () => {
  test('have bodies whose attributes the API accepts', () => {
    const faults = operations.flatMap((operation) => {
      const { data } = (exampleBody(operation) ?? {}) as {
        data?: { type?: string; attributes?: Record<string, unknown> }
      }
      const resource = resources.find(({ type }) => type === data?.type)
      return Object.entries(data?.attributes ?? {}).flatMap(([name, value]) => {
        const attribute = resource?.attributes[name.replace(/-(.)/g, (_, letter: string) => letter.toUpperCase())]
        return (attribute?.check(value) ?? []).map(({ detail }) => `${operation.id}: ${name}: ${detail}`)
      })
    })
    assert.deepEqual(faults, [])
  })

  test('for the shell are valid', () => {
    const scripts = operations.flatMap((operation) =>
      exampleRequests(operation).flatMap(({ language, text }) => (language === 'TypeScript' ? [] : [text])),
    )
    const { status, stderr } = spawnSync('sh', ['-n'], { input: scripts.join('\n'), encoding: 'utf8' })
    assert.equal(status, 0, stderr)
  })

  test('in TypeScript compile', (t) => {
    // Inside the repository, so that the packages are found.
    const folder = join(root, `node_modules/.cache/mintmark-examples-${process.pid}`)
    mkdirSync(folder, { recursive: true })
    t.after(() => rmSync(folder, { recursive: true }))
    const files = operations.flatMap((operation) =>
      exampleRequests(operation)
        .filter(({ language }) => language === 'TypeScript')
        .map(({ text }) => {
          writeFileSync(join(folder, `${operation.id}.ts`), `${text}\nexport {}\n`)
          return `${operation.id}.ts`
        }),
    )
    const compilerOptions = { noUnusedLocals: false, types: ['node'], typeRoots: [join(root, 'node_modules/@types')] }
    const configuration = { extends: join(root, 'tsconfig.json'), compilerOptions, files, include: [] }
    writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(configuration))
    const { stdout } = spawnSync(process.execPath, [join(root, 'node_modules/.bin/tsc'), '--noEmit', '-p', folder], {
      encoding: 'utf8',
    })
    assert.equal(stdout, '')
  })
})
