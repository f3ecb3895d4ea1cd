/** One measurement: a value, its baseline, and whether it meets the design's target. */
export interface Row {
  readonly name: string
  readonly unit: string
  readonly value: number
  readonly baseline?: number
  /** The median of the ratios per turn, because disturbances in a turn affect both values. */
  readonly ratio?: number
  /** The lowest and the highest of all turns: of the ratio if there is one, otherwise of the value. */
  readonly spread?: readonly [lowest: number, highest: number]
  /** Applies to the ratio if there is one, otherwise to the value. Without a target the row only reports. */
  readonly target?: { readonly atMost: number } | { readonly atLeast: number }
  /** Other programs used the machine, so the row is not judged. */
  readonly isDisturbed?: boolean
}

export interface Turn<T> {
  readonly subject: T
  readonly baseline: T
}

/** Measures both alternately, in changing order. The first turn is a warm-up. */
export async function takeTurns<T>(
  turns: number,
  subject: (turn: number) => T | Promise<T>,
  baseline: (turn: number) => T | Promise<T>,
): Promise<Turn<T>[]> {
  const measured: Turn<T>[] = []
  for (let turn = 0; turn <= turns; turn++) {
    const early = turn % 2 === 0 ? await baseline(turn) : undefined
    const own = await subject(turn)
    measured.push({ subject: own, baseline: early ?? (await baseline(turn)) })
  }
  return measured.slice(1)
}

/** Returns the medians and the spread of all turns. */
export function compared(
  turns: readonly Turn<number>[],
): Pick<Required<Row>, 'value' | 'baseline' | 'ratio' | 'spread'> {
  const ratios = turns.map(({ subject, baseline }) => subject / baseline)
  return {
    value: median(turns.map(({ subject }) => subject)),
    baseline: median(turns.map(({ baseline }) => baseline)),
    ratio: median(ratios),
    spread: spreadOf(ratios),
  }
}

/** Returns the median and the spread of all turns. */
export const summarized = (values: readonly number[]): Pick<Required<Row>, 'value' | 'spread'> => ({
  value: median(values),
  spread: spreadOf(values),
})

const spreadOf = (values: readonly number[]): readonly [number, number] => [Math.min(...values), Math.max(...values)]

const median = (values: readonly number[]): number => quantile(values, 0.5)

export function quantile(values: readonly number[], part: number): number {
  const sorted = values.toSorted((one, other) => one - other)
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? Number.NaN
}

const widths = [58, 14, 14, 10, 14, 10, 10] as const

export const heading = columns(['', 'measured', 'baseline', 'ratio', 'spread', 'target', ''])

/** Formats the row for people, in columns of fixed width. */
export function lineOf(row: Row): string {
  const { name, unit, value, baseline, ratio } = row
  return columns([
    name,
    `${figureOf(value)} ${unit}`,
    baseline === undefined ? '-' : `${figureOf(baseline)} ${unit}`,
    ratio === undefined ? '-' : `${ratio.toFixed(2)} x`,
    spreadText(row) || '-',
    targetOf(row),
    verdictOf(row),
  ])
}

export const spreadText = ({ spread, ratio }: Row): string =>
  spread?.map((value) => (ratio === undefined ? figureOf(value) : value.toFixed(2))).join('–') ?? ''

export const targetOf = ({ target }: Row): string =>
  target === undefined ? '-' : 'atMost' in target ? `<= ${target.atMost}` : `>= ${target.atLeast}`

export function verdictOf({ value, ratio, target, isDisturbed }: Row): string {
  if (target === undefined) return 'no target'
  if (isDisturbed) return 'disturbed'
  const judged = ratio ?? value
  return ('atMost' in target ? judged <= target.atMost : judged >= target.atLeast) ? 'meets' : 'misses'
}

function columns(texts: readonly string[]): string {
  return texts.map((text, i) => (i === 0 ? text.padEnd(widths[i] ?? 0) : text.padStart(widths[i] ?? 0))).join('')
}

export const figureOf = (value: number) =>
  value >= 1000 ? Math.round(value).toLocaleString('en') : value.toPrecision(3)
