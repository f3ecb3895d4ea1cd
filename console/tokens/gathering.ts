/** Finds every token that matches, page after page, so that all of them can be selected. */
import { type Asked, type Found, type Page, Unreachable } from '@mintmark/client'
import { accessTokenUsages, limits } from '@mintmark/contract'
import { useEffect, useRef, useState } from 'react'
import { inWords } from '../parts/saving.ts'
import { call } from '../server.ts'

type Row = Found<typeof accessTokenUsages>

type State =
  | { readonly state: 'idle' }
  | { readonly state: 'busy'; readonly found: number }
  | { readonly state: 'failed'; readonly why: string }

export interface Gathering {
  readonly now: State
  /** What was found last, if it was asked for as now. */
  readonly all: readonly string[] | null
  readonly begin: () => void
  readonly cancel: () => void
}

/** More than anybody looks through before deleting them, and still a minute's work for the server. */
export const selectedAtOnce = 1_000

export function useGathering(
  asked: Asked<typeof accessTokenUsages, 'list'>,
  onFound: (rows: readonly Row[]) => void,
): Gathering {
  const [now, setNow] = useState<State>({ state: 'idle' })
  const [all, setAll] = useState<readonly string[] | null>(null)
  const run = useRef(0)
  const { page: _, ...matched } = asked
  const question = JSON.stringify(matched)
  const cancel = () => {
    run.current++
    setNow({ state: 'idle' })
  }
  // biome-ignore lint/correctness/useExhaustiveDependencies: what is found answers the question it was asked for
  useEffect(() => {
    setAll(null)
    return cancel
  }, [question])
  const begin = async () => {
    const mine = ++run.current
    const found = new Map<string, Row>()
    try {
      let number: number | null = 1
      while (number !== null && found.size < selectedAtOnce) {
        setNow({ state: 'busy', found: found.size })
        const page = { number, size: limits.pageSizeMax }
        const answer: Page<typeof accessTokenUsages> = await call(accessTokenUsages, 'list', { ...matched, page })
        if (mine !== run.current) return
        for (const row of answer.records) found.set(row.id, row)
        number = answer.nextPage
      }
      const rows = [...found.values()].slice(0, selectedAtOnce)
      setNow({ state: 'idle' })
      setAll(rows.map(({ id }) => id))
      onFound(rows)
    } catch (error) {
      if (mine !== run.current) return
      const why = error instanceof Unreachable ? 'The server did not answer.' : inWords(error)
      setNow({ state: 'failed', why: `${why} Nothing more was selected.` })
    }
  }
  return { now, all, begin: () => void begin(), cancel }
}
