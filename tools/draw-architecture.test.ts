import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { architecturePage, essential, type Graph, graphOf, withDiagrams } from './draw-architecture.ts'

const graph = (edges: Readonly<Record<string, readonly string[]>>): Graph =>
  new Map(Object.entries(edges).map(([node, targets]) => [node, new Set(targets)]))

const file = (path: string, ...targets: string[]) => ({
  path,
  imports: targets.map((target) => ({ target, typeOnly: false })),
})

describe('the architecture diagrams', () => {
  test('an import between two folders is an arrow, one within a folder is not', () => {
    const files = [file('a/x.ts', 'b/y.ts', 'a/z.ts'), file('a/z.ts'), file('b/y.ts')]
    assert.deepEqual(
      graphOf(files, (path) => path.split('/')[0]),
      graph({ a: ['b'], b: [] }),
    )
  })

  test('an arrow that follows from others is left out', () => {
    assert.deepEqual(essential(graph({ a: ['b', 'c'], b: ['c'], c: [] })), graph({ a: ['b'], b: ['c'], c: [] }))
  })

  test('folders that import each other in a cycle are one node', () => {
    assert.deepEqual(
      essential(graph({ a: ['b'], b: ['c'], c: ['b', 'd'], d: [] })),
      graph({ a: ['b, c'], 'b, c': ['d'], d: [] }),
    )
  })

  test('a type import is not an arrow between modules of the server', () => {
    const page = '<!-- diagram: packages -->\n<!-- end -->\n<!-- diagram: modules -->\n<!-- end -->\n'
    const types = { path: 'authority/a/x.ts', imports: [{ target: 'authority/b/y.ts', typeOnly: true }] }
    assert.doesNotMatch(withDiagrams(page, [types, file('authority/b/y.ts')]), /-->\s*n\d/)
    assert.match(
      withDiagrams(page, [file('authority/a/x.ts', 'authority/b/y.ts'), file('authority/b/y.ts')]),
      /n0 --> n1/,
    )
  })

  test('a page without a placeholder for a diagram is an error', () => {
    assert.throws(() => withDiagrams('# Architecture\n', []), /no place/)
  })

  test('drawing again changes nothing', () => {
    const page = architecturePage()
    assert.equal(withDiagrams(page), page)
  })
})
