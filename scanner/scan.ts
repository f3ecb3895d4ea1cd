/** The state of a scan: found tokens, counts, and what was not scanned. */
import { hashToken, type Secret } from '@mintmark/token'
import { Budget, defaultLimits, type Limits } from './budget.ts'
import { shownPath } from './names.ts'
import type { How, Reading } from './read-content.ts'
import type { TokenFound } from './token-at.ts'
import type { Spot } from './token-search.ts'

export interface TokenLocation extends Spot {
  /** Path relative to the start of the scan or in the repository. Archive entries are appended after an exclamation mark. */
  readonly path?: string | undefined
  /** In git: the oldest commit that contains the object at this path. */
  readonly object?: string
  readonly objectType?: string
  readonly commit?: string | undefined
  readonly how: readonly How[]
}

export interface Leak {
  readonly token: Secret
  readonly tokenId: string
  readonly issuer: string
  readonly lastCharacters: string
  readonly locations: readonly TokenLocation[]
  /** Number of further locations that are not stored. */
  readonly omittedLocations: number
}

/** A file or object that was not scanned completely. */
export interface Incomplete {
  readonly path: string
  readonly reason: string
}

export interface Counts {
  readonly files: number
  readonly objects: number
  readonly bytes: number
  readonly skipped: ReadonlyMap<string, number>
  /** The first 1,000; `omittedIncomplete` is the number of further ones. */
  readonly incomplete: readonly Incomplete[]
  readonly omittedIncomplete: number
}

export interface ScanOptions {
  /** The mint mark with which the issuer has to start. */
  readonly mark?: string | undefined
  readonly limits?: Limits
  readonly signal?: AbortSignal
  /** Called repeatedly with the counts so far. */
  readonly progress?: (counts: Counts) => void
}

/** The default mint mark, which finds the tokens of all installations that use it. */
export const defaultMark = 'scalr'
const locationsMax = 1_000
const incompleteMax = 1_000

type Found = Omit<Leak, 'locations' | 'omittedLocations'> & {
  locations: Map<string, TokenLocation>
  omittedLocations: number
}

export class Scan {
  readonly signal: AbortSignal
  readonly budget: Budget
  readonly #limits: Limits
  readonly #mark: string
  readonly #progress: (counts: Counts) => void
  readonly #found = new Map<string, Found>()
  readonly #counts = { files: 0, objects: 0, bytes: 0, skipped: new Map<string, number>() }
  readonly #incomplete = new Map<string, Incomplete>()
  #omittedIncomplete = 0

  constructor({ mark, limits, signal, progress }: ScanOptions = {}) {
    this.#mark = mark ?? defaultMark
    this.#limits = limits ?? defaultLimits
    this.budget = new Budget(this.#limits)
    this.signal = signal ?? new AbortController().signal
    this.#progress = progress ?? (() => {})
  }

  get counts(): Counts {
    return {
      ...this.#counts,
      incomplete: [...this.#incomplete.values()],
      omittedIncomplete: this.#omittedIncomplete,
    }
  }

  get leaks(): Leak[] {
    return [...this.#found.values()].map(({ locations, ...leak }) => ({ ...leak, locations: [...locations.values()] }))
  }

  /** Returns the callbacks to scan content. `locate` completes the location of a token. */
  reading(
    locate: (content: TokenLocation & { path: string }) => readonly TokenLocation[] = (content) => [content],
  ): Reading {
    return {
      limits: this.#limits,
      signal: this.signal,
      found: (token, content) => {
        for (const each of locate(content)) this.add(token, each)
      },
      skipped: (reason) => this.skip(reason),
      incomplete: (path, reason) => this.markIncomplete({ path, reason }),
      budget: this.budget.forFile(),
      read: (bytes) => this.read({ bytes }),
    }
  }

  read({ files = 0, objects = 0, bytes = 0 }): void {
    this.#counts.files += files
    this.#counts.objects += objects
    this.#counts.bytes += bytes
    this.#progress({ ...this.#counts, incomplete: [], omittedIncomplete: 0 })
  }

  skip(reason: string): void {
    this.#counts.skipped.set(reason, (this.#counts.skipped.get(reason) ?? 0) + 1)
  }

  /** Also counts it as skipped, once per path and reason. */
  markIncomplete({ path, reason }: Incomplete): void {
    const shown = { path: shownPath(path), reason }
    const key = JSON.stringify(shown)
    if (this.#incomplete.has(key)) return
    this.skip(reason)
    if (this.#incomplete.size < incompleteMax) this.#incomplete.set(key, shown)
    else this.#omittedIncomplete += 1
  }

  add(found: TokenFound, location: TokenLocation): void {
    if (!found.issuer.startsWith(this.#mark)) return
    const hash = hashToken(found.token.bytes()).toString('hex')
    const leak = this.#found.get(hash) ?? { ...found, locations: new Map(), omittedLocations: 0 }
    this.#found.set(hash, leak)
    const path = location.path === undefined ? undefined : shownPath(location.path)
    const { object, commit, line, column, how } = location
    const key = JSON.stringify([path, object, commit, line, column, how])
    if (leak.locations.has(key)) return
    if (leak.locations.size < locationsMax) leak.locations.set(key, { ...location, path })
    else leak.omittedLocations += 1
  }
}
