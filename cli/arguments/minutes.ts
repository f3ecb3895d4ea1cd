import { InvalidArgumentError } from 'commander'

/** `1440` as `1 day`, in the largest unit without a remainder. */
export function duration(minutes: number): string {
  const [size, unit] =
    minutes % 1_440 === 0 ? ([1_440, 'day'] as const) : minutes % 60 === 0 ? ([60, 'hour'] as const) : [1, 'minute']
  const count = minutes / size
  return `${count} ${unit}${count === 1 ? '' : 's'}`
}

const units: Readonly<Record<string, number>> = { '': 1, m: 1, h: 60, d: 1_440 }

/** Minutes, or `never`: commander replaces a parsed null. */
export type Lifetime = number | 'never'

export const lifetime = (max: number) => {
  const read = minutes(1, max)
  return (text: string): Lifetime => (text === 'never' ? text : read(text))
}

/** The attribute `expires-in` of the API. */
export const expiresInOf = (given: Lifetime): number | null => (given === 'never' ? null : given)

/** Parses `90`, `90m`, `12h` or `30d`. Returns minutes. */
export function minutes(min: number, max: number): (text: string) => number {
  return (text) => {
    const [, count, unit = ''] = /^(\d{1,9})([mhd]?)$/.exec(text) ?? []
    const value = Number(count) * (units[unit] ?? 1)
    if (count === undefined || value < min || value > max)
      throw new InvalidArgumentError(`Expected a duration of ${min} to ${max} minutes, such as 90, 90m, 12h or 30d.`)
    return value
  }
}
