import { InvalidArgumentError } from 'commander'

const units: Readonly<Record<string, number>> = { '': 1, m: 1, h: 60, d: 1_440 }

/** Reads `90`, `90m`, `12h` or `30d` as minutes. */
export function minutes(min: number, max: number): (text: string) => number {
  return (text) => {
    const [, count, unit = ''] = /^(\d{1,9})([mhd]?)$/.exec(text) ?? []
    const value = Number(count) * (units[unit] ?? 1)
    if (count === undefined || value < min || value > max)
      throw new InvalidArgumentError(`Expected minutes, or such as 12h or 30d, from ${min} to ${max} minutes.`)
    return value
  }
}
