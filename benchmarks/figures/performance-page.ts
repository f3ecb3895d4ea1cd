/** docs/performance.md: the measured figures beside their targets. */
import { figureOf, type Row, spreadText, targetOf, verdictOf } from './row.ts'

export interface Measured {
  /** Such as `introspection`. */
  readonly benchmark: string
  readonly row: Row
}

/** Returns the page with these rows. The rows of benchmarks that were not run are kept as they are in `before`. */
export function performancePage(machine: string, at: Date, measured: readonly Measured[], before: string): string {
  const isNew = new Set(measured.map(({ benchmark }) => benchmark))
  const kept = before.split('\n').filter((line) => line.startsWith('| `') && !isNew.has(benchmarkIn(line)))
  const lines = [...kept, ...measured.map((each) => lineOf(each, at))]
  return `# Performance

Figures of \`npm run bench -- --write\` on ${machine}.
Where there is a baseline, the target applies to the ratio of both, because absolute figures depend on the machine. A value is the median of several turns; the spread is the lowest and the highest of them (of the ratio, where there is one).
\`npm run bench -- introspection --write\` measures one benchmark and replaces its rows; ${'`benchmarks/`'} contains what each one does.

- The load comes from the same machine, so on two cores two workers answer no more than one. With more cores than workers, each worker adds about the rate of one core.
- Delays are those of other requests meanwhile. They include waiting for the disk and for a core that other processes use.
- What misses its target still works; the targets are those of the design.

| benchmark | work | measured | baseline | ratio | spread | target | | on |
|---|---|---|---|---|---|---|---|---|
${lines.join('\n')}
`
}

const benchmarkIn = (line: string) => line.split('`')[1] ?? ''

function lineOf({ benchmark, row }: Measured, at: Date): string {
  const { name, unit, value, baseline, ratio } = row
  const cells = [
    `\`${benchmark}\``,
    name,
    `${figureOf(value)} ${unit}`,
    baseline === undefined ? '' : `${figureOf(baseline)} ${unit}`,
    ratio === undefined ? '' : `${ratio.toFixed(2)}x`,
    spreadText(row),
    targetOf(row),
    verdictOf(row),
    at.toISOString().slice(0, 10),
  ]
  return `| ${cells.join(' | ')} |`
}
