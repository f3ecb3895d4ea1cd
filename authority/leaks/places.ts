/**
 * Places that one report names. Whoever holds a token says of it what they like, as often as they like: their reports of one token are one
 * report, which counts the places and keeps the first few.
 */
import { createHash } from 'node:crypto'
import type { PlaceKind } from './decide.ts'
import type { LeakRow } from './leak-store.ts'

export interface Place {
  readonly kind: PlaceKind
  readonly repository?: string | null
  readonly path?: string | null
  readonly line?: number | null
  readonly commit?: string | null
  readonly url?: string | null
  readonly committedAt?: string | null
}

export interface Found {
  readonly text: string
  readonly place: Place
}

/** Kept beside the first. */
const otherPlacesMax = 9

/** What several reports of one token say together. */
export interface Folded {
  readonly first: Place
  readonly others: readonly Place[]
  /** How many were named. Past those that are kept, one that is named twice counts twice. */
  readonly places: number
  readonly times: number
}

export const keyOf = ({ repository, path, line, commit, url }: Place): string =>
  createHash('sha256')
    .update(JSON.stringify([repository ?? '', path ?? '', line ?? 0, commit ?? '', url ?? '']))
    .digest('hex')

export const once = (place: Place): Folded => ({ first: place, others: [], places: 1, times: 1 })

/** One entry for each token, in the order of the first report of each. */
export function foldReports(found: readonly Found[]): { readonly text: string; readonly folded: Folded }[] {
  const byText = new Map<string, Folded>()
  for (const { text, place } of found) {
    const known = byText.get(text)
    byText.set(text, known ? fold(known, once(place)) : once(place))
  }
  return [...byText].map(([text, folded]) => ({ text, folded }))
}

export function fold(known: Folded, more: Folded): Folded {
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

export function foldedOf({ placeKind, commitId, places, otherPlaces, times, ...place }: Stored): Folded {
  const first = { kind: placeKind as Place['kind'], commit: commitId, ...place }
  return { first, others: otherPlaces === null ? [] : (JSON.parse(otherPlaces) as Place[]), places, times }
}

export const columnsOf = ({ others, places, times }: Folded) => ({
  times,
  places,
  otherPlaces: others.length > 0 ? JSON.stringify(others) : null,
})
