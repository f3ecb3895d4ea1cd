/**
 * Places that one report names. Whoever holds a token says of it what they like, as often as they like: their reports of one token are one
 * report, which counts the places and keeps the first few.
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

/** What several reports of one token say together. */
export interface MergedReports {
  readonly first: LeakLocation
  readonly others: readonly LeakLocation[]
  /** How many were named. Past those that are kept, one that is named twice counts twice. */
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

/** One entry for each token, in the order of the first report of each. */
export function mergeReports(found: readonly Found[]): { readonly text: string; readonly folded: MergedReports }[] {
  const byText = new Map<string, MergedReports>()
  for (const { text, location } of found) {
    const known = byText.get(text)
    byText.set(text, known ? mergeTwo(known, oneReport(location)) : oneReport(location))
  }
  return [...byText].map(([text, folded]) => ({ text, folded }))
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
