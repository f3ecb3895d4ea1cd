/** Checks links, anchors and code blocks of the documentation. `e2e/documentation.test.ts` runs the blocks marked `run`. */
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { existsSync, globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { kebab } from '@mintmark/contract'
import { type Setting, settings, variableOf } from '../../authority/setup/settings/declarations.ts'
import { faultInBlock, scriptsIn } from './code-blocks.ts'
import { type MarkdownPage, parseMarkdownPage, readMarkdownPages, root, targetOf } from './markdown-page.ts'

const pages = readMarkdownPages()
const byPath = new Map(pages.map((page) => [page.path, page]))

/** Pages whose code blocks readers copy. Decisions record what was true on their date. */
const isInstructive = ({ path }: MarkdownPage) => !path.startsWith('decisions/') && path !== 'CHANGELOG.md'

function brokenLinksIn({ path, links }: MarkdownPage, known: ReadonlyMap<string, MarkdownPage>): string[] {
  return links.flatMap((link) => {
    const target = targetOf(path, link)
    if (!target) return []
    if (!existsSync(join(root, target.path))) return [`${path}: ${link} does not exist`]
    const page = known.get(target.path)
    if (target.anchor === undefined || page?.headings.some(({ id }) => id === target.anchor)) return []
    return [`${path}: ${link} has no such heading`]
  })
}

test('every link in the documentation leads to an existing file and heading', () => {
  assert.deepEqual(
    pages.flatMap((page) => brokenLinksIn(page, byPath)),
    [],
  )
})

test('a link to a missing file, heading or duplicate of a heading is found', () => {
  const page = parseMarkdownPage('docs/x.md', '# A *b*\n\n[1](#a-b) [2](#c) [3](missing.md) ![4](../README.md#none)\n')
  const known = new Map([...byPath, [page.path, page]])
  const faults = brokenLinksIn(page, known).filter((fault) => !fault.includes('#a-b'))
  assert.deepEqual(faults, [
    'docs/x.md: #c does not exist',
    'docs/x.md: missing.md does not exist',
    'docs/x.md: ../README.md#none has no such heading',
  ])
})

test('every page of docs/ can be reached from the index', () => {
  const reached = new Set<string>()
  const visit = (path: string) => {
    const page = byPath.get(path)
    if (!page || reached.has(path)) return
    reached.add(path)
    for (const link of page.links) visit(targetOf(path, link)?.path ?? '')
  }
  visit('docs/README.md')
  assert.deepEqual(
    pages.map(({ path }) => path).filter((path) => path.startsWith('docs/') && !reached.has(path)),
    [],
  )
})

describe('every code block is valid:', () => {
  for (const page of pages.filter(isInstructive))
    test(page.path, () =>
      assert.deepEqual(
        page.blocks.flatMap((block) => faultInBlock(block) ?? []),
        [],
      ),
    )
})

test('invalid code blocks are found in each language', () => {
  for (const [language, text] of [
    ['', 'a block without a language'],
    ['cobol', 'STOP RUN.'],
    ['sh', 'if true; then'],
    ['json', '{ "a": }'],
    ['yaml', 'a: b: c'],
    ['yaml', 'steps:\n  - run: if true; then'],
    ['yaml', 'job:\n  script:\n    - echo "'],
    ['ts', 'const = 1'],
    ['hcl', 'resource "a" "b" {'],
    ['ini', '[Service'],
  ])
    assert.ok(faultInBlock({ language: String(language), marks: [], text: String(text) }), `${language}: ${text}`)
})

describe('commands in code blocks', () => {
  const scripts = pages
    .filter(isInstructive)
    .flatMap(({ path, blocks }) =>
      blocks.flatMap(scriptsIn).flatMap((script) => callsIn(script).map((call) => ({ path, ...call }))),
    )

  test('use subcommands and options that mintmark has', () => {
    const help = new Map<string, string>()
    const helpOf = (command: string) => {
      const text =
        help.get(command) ??
        spawnSync(process.execPath, ['cli/main.ts', ...command.split(' ').filter(Boolean), '--help'], {
          cwd: root,
          encoding: 'utf8',
        }).stdout
      help.set(command, text)
      return text
    }
    const commandOf = ([name = '', sub = '']: readonly string[]) =>
      helpOf(name).includes('\nCommands:\n') ? `${name} ${sub}` : name
    const faults = scripts.flatMap(({ path, words, options }) => {
      const command = commandOf(words)
      const text = helpOf(command)
      if (!text.startsWith(`Usage: mintmark ${command}`)) return [`${path}: mintmark ${command} does not exist`]
      return options
        .filter((option) => !new RegExp(`(?<![\\w-])${option}(?![\\w-])`).test(text))
        .map((option) => `${path}: mintmark ${command} has no option ${option}`)
    })
    assert.deepEqual(faults, [])
  })

  test('are recognized with their options, across line continuations', () => {
    assert.deepEqual(callsIn('FOO=1 mintmark token mint --name x \\\n  --expires-in=30d | sh; mintmark scan --git .'), [
      { words: ['token', 'mint'], options: ['--name', '--expires-in'] },
      { words: ['scan'], options: ['--git'] },
    ])
  })
})

/** Returns the words before the first option, and the options, of each call of `mintmark`. */
function callsIn(script: string): { words: string[]; options: string[] }[] {
  const lines = script.replaceAll(/\\\n/g, ' ').replaceAll(/(^|\s)#.*$/gm, '')
  // Not the user in `sudo -u mintmark`.
  const calls = /(?:^|[\s("$]|bin\/)(?<!-[uo] )mintmark(?:\.mjs)?((?:[ \t]+[^|;&\n)]*)?)/gm
  return [...lines.matchAll(calls)].flatMap(([, rest = '']) => {
    const all = rest.trim().split(/\s+/).filter(Boolean)
    if (!/^[a-z][a-z-]*$/.test(all[0] ?? '')) return []
    const end = all.findIndex((word) => word.startsWith('-'))
    const options = all.filter((word) => word.startsWith('--')).map((word) => word.split('=')[0] ?? '')
    return [{ words: all.slice(0, end < 0 ? 2 : Math.min(end, 2)), options }]
  })
}

describe('settings', () => {
  const reference = readFileSync(join(root, 'docs/reference/configuration.md'), 'utf8')
  const variables = (text: string) => new Set(text.match(/\bMINTMARK_[A-Z][A-Z0-9_]*[A-Z0-9]\b/g))
  const documented = variables(reference)
  const isDocumented = (name: string) => documented.has(name) || documented.has(name.replace(/_FILE$/, ''))
  const isOther = (name: string) => /^MINTMARK_(?:TEST_|SERVICE_|PORT_\d)/.test(name)

  test('that the program reads are all in the configuration reference', () => {
    const sources = globSync(['{authority,cli,client,bin}/**/*.{ts,mjs}'], { cwd: root, exclude: ['**/*.test.ts'] })
    const read = sources.flatMap((path) => [...variables(readFileSync(join(root, path), 'utf8'))])
    assert.ok(read.length > 10)
    assert.deepEqual(
      [...Object.keys(settings).map(variableOf), ...read].filter((name) => !isDocumented(name) && !isOther(name)),
      [],
    )
  })

  test('that the documentation mentions exist', () => {
    const faults = pages
      .filter(isInstructive)
      .flatMap(({ path }) =>
        [...variables(readFileSync(join(root, path), 'utf8'))]
          .filter((name) => !isDocumented(name) && !isOther(name))
          .map((name) => `${path}: ${name}`),
      )
    assert.deepEqual(faults, [])
  })

  test('that are options have one in mintmark serve, and the other way around', () => {
    const { stdout } = spawnSync(process.execPath, ['cli/main.ts', 'serve', '--help'], { cwd: root, encoding: 'utf8' })
    const offered = [...stdout.matchAll(/^ {2}(?:-\w, )?--([a-z0-9-]+)/gm)].map(([, name]) => name ?? '')
    const declared = Object.entries<Setting>(settings).flatMap(([name, { option }]) => (option ? [kebab(name)] : []))
    assert.deepEqual(
      offered.filter((name) => !['help', 'no-color', 'quickstart', 'version'].includes(name)).toSorted(),
      declared.toSorted(),
    )
  })
})
