/**
 * Draws the diagrams of ARCHITECTURE.md from the imports. Without an argument it updates the file; with `--check` it exits
 * with 1 if a diagram is out of date. `npm run generate` does both along with the other generated files.
 */
import { globSync, readFileSync, writeFileSync } from 'node:fs'
import { join, sep } from 'node:path'
import { read } from './tidy-rules.ts'

export interface SourceFile {
  readonly path: string
  readonly imports: readonly { readonly target: string | undefined; readonly typeOnly: boolean }[]
}

/** Maps each node to the nodes that it imports. */
export type Graph = ReadonlyMap<string, ReadonlySet<string>>

const root = join(import.meta.dirname, '..')
const page = join(root, 'ARCHITECTURE.md')
const notShipped = /\.test\.tsx?$|^(?:testing|e2e|benchmarks|tools)\//

/** Returns the page with its diagrams redrawn. Throws an `Error` if the placeholder of a diagram is missing. */
export function withDiagrams(text: string, files: readonly SourceFile[] = shippedFiles()): string {
  return Object.entries(diagrams).reduce((drawn, [name, draw]) => {
    const place = new RegExp(`(<!-- diagram: ${name} -->\n)[\\s\\S]*?(<!-- end -->)`)
    if (!place.test(drawn)) throw new Error(`ARCHITECTURE.md has no place for the diagram "${name}".`)
    return drawn.replace(place, (_, start: string, end: string) => `${start}\n${draw(files)}\n\n${end}`)
  }, text)
}

export const architecturePage = (): string => withDiagrams(readFileSync(page, 'utf8'))

const diagrams: Readonly<Record<string, (files: readonly SourceFile[]) => string>> = {
  packages: (files) => mermaid(essential(graphOf(files, packageOf))),
  // Types are erased at run time, so they are not dependencies within the server.
  modules: (files) => mermaid(essential(graphOf(withoutTypes(files), moduleOf))),
}

function shippedFiles(): SourceFile[] {
  return globSync('*/**/*.{ts,tsx}', { cwd: root, exclude: ['**/node_modules/**', 'console/dist*/**', 'data/**'] })
    .map((path) => path.replaceAll(sep, '/'))
    .filter((path) => !notShipped.test(path))
    .sort()
    .map((path) => read({ path, text: readFileSync(join(root, path), 'utf8') }))
}

const withoutTypes = (files: readonly SourceFile[]) =>
  files.map(({ path, imports }) => ({ path, imports: imports.filter(({ typeOnly }) => !typeOnly) }))

const packageOf = (path: string) => path.split('/')[0]

/** Files directly in authority/ compose the modules or are shared by all of them, so they are not drawn. */
const moduleOf = (path: string) => /^authority\/([^/]+)\//.exec(path)?.[1]

export function graphOf(files: readonly SourceFile[], nodeOf: (path: string) => string | undefined): Graph {
  const graph = new Map<string, Set<string>>()
  for (const { path, imports } of files) {
    const from = nodeOf(path)
    if (from === undefined) continue
    const targets = graph.get(from) ?? new Set()
    graph.set(from, targets)
    for (const { target } of imports) {
      const to = target === undefined ? undefined : nodeOf(target)
      if (to !== undefined && to !== from) targets.add(to)
    }
  }
  return graph
}

/** Returns the graph without arrows that follow from others. Nodes that import each other in a cycle become one node. */
export function essential(graph: Graph): Graph {
  const reachable = new Map([...graph.keys()].map((node) => [node, reachableFrom(graph, node)]))
  const isMutual = (one: string, other: string) => reachable.get(one)?.has(other) && reachable.get(other)?.has(one)
  const groupOf = (node: string) =>
    [...graph.keys()]
      .filter((other) => other === node || isMutual(node, other))
      .sort()
      .join(', ')
  const groups = new Map<string, Set<string>>()
  for (const [node, targets] of graph) {
    const group = groups.get(groupOf(node)) ?? new Set()
    groups.set(groupOf(node), group)
    for (const target of targets) if (graph.has(target) && groupOf(target) !== groupOf(node)) group.add(groupOf(target))
  }
  const below = new Map([...groups.keys()].map((group) => [group, reachableFrom(groups, group)]))
  const follows = (targets: ReadonlySet<string>, target: string) =>
    [...targets].some((other) => other !== target && below.get(other)?.has(target))
  return new Map(
    [...groups].map(([group, targets]) => [group, new Set([...targets].filter((each) => !follows(targets, each)))]),
  )
}

function reachableFrom(graph: Graph, start: string): Set<string> {
  const seen = new Set<string>()
  const visit = (node: string): void => {
    for (const next of graph.get(node) ?? []) {
      if (seen.has(next)) continue
      seen.add(next)
      visit(next)
    }
  }
  visit(start)
  return seen
}

function mermaid(graph: Graph): string {
  const nodes = [...graph.keys()].sort()
  const idOf = (node: string) => `n${nodes.indexOf(node)}`
  const lines = [
    ...nodes.map((node) => `  ${idOf(node)}["${node.replaceAll(', ', '<br>')}"]`),
    ...nodes.flatMap((node) => [...(graph.get(node) ?? [])].sort().map((to) => `  ${idOf(node)} --> ${idOf(to)}`)),
  ]
  return ['```mermaid', 'flowchart TB', ...lines, '```'].join('\n')
}

if (import.meta.main) {
  const text = architecturePage()
  const isCurrent = text === readFileSync(page, 'utf8')
  if (!process.argv.includes('--check')) writeFileSync(page, text)
  else if (!isCurrent) console.log('ARCHITECTURE.md differs: run npm run generate')
  process.exitCode = process.argv.includes('--check') && !isCurrent ? 1 : 0
}
