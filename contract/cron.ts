/** Cron expressions of five fields: minute, hour, day of month, month, day of week. */
const months = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec']
const days = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat']

const fields: readonly { min: number; max: number; names?: readonly string[] }[] = [
  { min: 0, max: 59 },
  { min: 0, max: 23 },
  { min: 1, max: 31 },
  { min: 1, max: 12, names: months },
  { min: 0, max: 7, names: days },
]

/** Whether each field is a list of values, ranges or `*` within its bounds, each optionally with a step. */
export function isCron(text: string): boolean {
  const given = text.trim().split(/\s+/)
  return given.length === fields.length && fields.every((field, index) => isField(given[index] as string, field))
}

function isField(text: string, { min, max, names = [] }: (typeof fields)[number]): boolean {
  const numberOf = (word: string): number => {
    const named = names.indexOf(word.toLowerCase())
    return named >= 0 ? named + min : /^\d{1,2}$/.test(word) ? Number(word) : Number.NaN
  }
  return text.split(',').every((part) => {
    const [range = '', step, ...rest] = part.split('/')
    if (rest.length > 0 || (step !== undefined && !/^[1-9]\d?$/.test(step))) return false
    if (range === '*') return true
    const [from = Number.NaN, to = from, ...more] = range.split('-').map(numberOf)
    return more.length === 0 && min <= from && from <= to && to <= max
  })
}
