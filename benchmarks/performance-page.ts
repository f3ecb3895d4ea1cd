/** docs/performance.md: the measured figures beside their targets. */
import { figureOf, type Row, spreadText, targetOf, verdictOf } from './row.ts'

export function performancePage(machine: string, at: Date, rows: readonly Row[]): string {
  const lines = rows.map((row) => {
    const { name, unit, value, baseline, ratio } = row
    const cells = [
      name,
      `${figureOf(value)} ${unit}`,
      baseline === undefined ? '' : `${figureOf(baseline)} ${unit}`,
      ratio === undefined ? '' : `${ratio.toFixed(2)}x`,
      spreadText(row),
      targetOf(row),
      verdictOf(row),
    ]
    return `| ${cells.join(' | ')} |`
  })
  return `# Performance

Figures of \`npm run bench -- --write\`, measured ${at.toISOString().slice(0, 10)}: ${machine}.
Where there is a baseline, the target applies to the ratio of both, because absolute figures depend on the machine. A value is the median of several turns; the spread is the lowest and the highest of them (of the ratio, where there is one).
\`npm run bench -- introspection\` measures one benchmark; ${'`benchmarks/`'} contains what each one does.

| work | measured | baseline | ratio | spread | target | |
|---|---|---|---|---|---|---|
${lines.join('\n')}
`
}
