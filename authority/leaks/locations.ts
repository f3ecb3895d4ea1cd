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
  readonly place: LeakLocation
}

/** Kept beside the first. */
const otherPlacesMax = 9

/** What several reports of one token say together. */
export interface MergedReports {
  readonly first: LeakLocation
  readonly others: readonly LeakLocation[]
  /** How many were named. Past those that are kept, one that is named twice counts twice. */
  readonly places: number
  readonly times: number
}

export const keyOf = ({ repository, path, line, commit, url }: LeakLocation): string =>
  createHash('sha256')
    .update(JSON.stringify([repository ?? '', path ?? '', line ?? 0, commit ?? '', url ?? '']))
    .digest('hex')

export const oneReport = (place: LeakLocation): MergedReports => ({ first: place, others: [], places: 1, times: 1 })

/** One entry for each token, in the order of the first report of each. */
export function mergeReports(found: readonly Found[]): { readonly text: string; readonly folded: MergedReports }[] {
  const byText = new Map<string, MergedReports>()
  for (const { text, place } of found) {
    const known = byText.get(text)
    byText.set(text, known ? mergeTwo(known, oneReport(place)) : oneReport(place))
  }
  return [...byText].map(([text, folded]) => ({ text, folded }))
}

export function mergeTwo(known: MergedReports, more: MergedReports): MergedReports {
  const kept = new Set([known.first, ...known.others].map(keyOf))
  const others = [...known.others]
  let { places } = known
  for (const place of [more.first, ...more.others]) {
    if (kept.has(keyOf(place))) continue
    kept.add(keyOf(place))
    places += 1
    if (others.length < otherPlacesMax) others.push(place)
  }
  const unkept = more.places - 1 - more.others.length
  return { first: known.first, others, places: places + unkept, times: known.times + more.times }
}

type Stored = Pick<
  LeakRow,
  'placeKind' | 'repository' | 'path' | 'line' | 'commitId' | 'url' | 'places' | 'otherPlaces' | 'times'
>

export function mergedReportsOf({ placeKind, commitId, places, otherPlaces, times, ...place }: Stored): MergedReports {
  const first = { kind: placeKind as LeakLocation['kind'], commit: commitId, ...place }
  return { first, others: otherPlaces === null ? [] : (JSON.parse(otherPlaces) as LeakLocation[]), places, times }
}

export const columnsOf = ({ others, places, times }: MergedReports) => ({
  times,
  places,
  otherPlaces: others.length > 0 ? JSON.stringify(others) : null,
})
