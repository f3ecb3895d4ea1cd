/**
 * Merges reports of one token. Token holders can report any location any number of times without authentication, so all their
 * reports of one token become one report, which counts the locations and keeps the first ten.
 */
import { createHash } from 'node:crypto'
import type { LocationKind } from './decide.ts'
import type { LeakRow } from './leak-store.ts'

export interface LeakLocation {
  readonly kind: LocationKind
  readonly repository?: string | null
  readonly path?: string | null
  readonly line?: number | null
  readonly commit?: string | null
  readonly url?: string | null
  readonly committedAt?: string | null
}

export interface Found {
  readonly text: string
  readonly location: LeakLocation
}

/** Kept beside the first. */
const otherLocationsMax = 9

/** Several reports of one token. */
export interface MergedReports {
  readonly first: LeakLocation
  readonly others: readonly LeakLocation[]
  /** The number of different locations. Duplicates are recognized among the kept ones only. */
  readonly locations: number
  readonly times: number
}

export const keyOf = ({ repository, path, line, commit, url }: LeakLocation): string =>
  createHash('sha256')
    .update(JSON.stringify([repository ?? '', path ?? '', line ?? 0, commit ?? '', url ?? '']))
    .digest('hex')

export const oneReport = (location: LeakLocation): MergedReports => ({
  first: location,
  others: [],
  locations: 1,
  times: 1,
})

/** Returns one entry per token, in the order of first reports. */
export function mergeReports(found: readonly Found[]): { readonly text: string; readonly merged: MergedReports }[] {
  const byText = new Map<string, MergedReports>()
  for (const { text, location } of found) {
    const known = byText.get(text)
    byText.set(text, known ? mergeTwo(known, oneReport(location)) : oneReport(location))
  }
  return [...byText].map(([text, merged]) => ({ text, merged }))
}

export function mergeTwo(known: MergedReports, more: MergedReports): MergedReports {
  const kept = new Set([known.first, ...known.others].map(keyOf))
  const others = [...known.others]
  let { locations } = known
  for (const location of [more.first, ...more.others]) {
    if (kept.has(keyOf(location))) continue
    kept.add(keyOf(location))
    locations += 1
    if (others.length < otherLocationsMax) others.push(location)
  }
  const unkept = more.locations - 1 - more.others.length
  return { first: known.first, others, locations: locations + unkept, times: known.times + more.times }
}

type Stored = Pick<
  LeakRow,
  'locationKind' | 'repository' | 'path' | 'line' | 'commitId' | 'url' | 'locations' | 'otherLocations' | 'times'
>

export function mergedReportsOf({
  locationKind,
  commitId,
  locations,
  otherLocations,
  times,
  ...location
}: Stored): MergedReports {
  const first = { kind: locationKind as LeakLocation['kind'], commit: commitId, ...location }
  return {
    first,
    others: otherLocations === null ? [] : (JSON.parse(otherLocations) as LeakLocation[]),
    locations,
    times,
  }
}

export const columnsOf = ({ others, locations, times }: MergedReports) => ({
  times,
  locations,
  otherLocations: others.length > 0 ? JSON.stringify(others) : null,
})
