/** Options that select tokens by use and expiry. The server filters by days at most, so its pages are filtered here too. */
import type { Found, Page } from '@mintmark/client'
import { filterDaysMax, type Resource } from '@mintmark/contract'
import { type Command, Option } from 'commander'
import { minutes } from '../arguments/minutes.ts'
import { now } from '../world.ts'

export interface TokenFilterFlags {
  /** Minutes. */
  readonly unused?: number
  /** Minutes. */
  readonly expiring?: number
  readonly expired?: boolean
  /** False for `--no-expiry`. */
  readonly expiry: boolean
}

const dayMinutes = 1_440
const longest = filterDaysMax * dayMinutes

export const withTokenFilters = (command: Command): Command =>
  command
    .addOption(
      new Option('--unused <duration>', 'only tokens not used for this time, such as 90d').argParser(
        minutes(1, longest),
      ),
    )
    .addOption(
      new Option('--expiring <duration>', 'only tokens that expire within this time, such as 14d')
        .argParser(minutes(1, longest))
        .conflicts(['expired', 'expiry']),
    )
    .addOption(new Option('--expired', 'only expired tokens').conflicts('expiry'))
    .option('--no-expiry', 'only tokens that never expire')

interface Times {
  readonly createdAt?: string
  readonly expiresAt?: string | null
  readonly lastUsedAt?: string | null
}

/** Whether a token is selected. A token that was never used counts from its creation. */
export function tokenFilter({ unused, expiring, expired, expiry }: TokenFilterFlags, at = now()) {
  const after = (minutes: number) => new Date(at.getTime() + minutes * 60_000).toISOString()
  return ({ createdAt = '', expiresAt = null, lastUsedAt }: Times): boolean => {
    if (unused !== undefined && (lastUsedAt ?? createdAt) >= after(-unused)) return false
    const isExpired = expiresAt !== null && expiresAt <= after(0)
    if (expiring !== undefined) return expiresAt !== null && !isExpired && expiresAt <= after(expiring)
    return expired ? isExpired : expiry || expiresAt === null
  }
}

/** The filter of the server that narrows the search. */
export const serverFilter = ({ expiring, expired, expiry }: TokenFilterFlags): { isExpired?: string } =>
  expired ? { isExpired: 'true' } : expiring !== undefined || !expiry ? { isExpired: 'false' } : {}

/** The filters of the server that narrow the search of the token report. */
export function reportFilter({ unused = 0, expiring, expiry, ...flags }: TokenFilterFlags): Record<string, string> {
  const days = (minutes: number) => String(Math.min(minutes, filterDaysMax))
  return {
    ...serverFilter({ ...flags, expiry, ...(expiring !== undefined && { expiring }) }),
    ...(unused >= dayMinutes && { unusedForDays: days(Math.floor(unused / dayMinutes)) }),
    ...(expiring !== undefined && { expiresWithinDays: days(Math.ceil(expiring / dayMinutes)) }),
    ...(!expiry && { hasExpiry: 'false' }),
  }
}

/** Keeps the selected tokens of a page. */
export function filterPage(page: Page<Resource>, isSelected: (token: Times) => boolean): Page<Resource> {
  return { ...page, records: page.records.filter((record: Found) => isSelected(record as Times)) }
}
