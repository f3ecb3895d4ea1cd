/** Loads all matching tokens page by page, so that all of them can be selected. */
import { type CallOptions, type Found, type Page, Unreachable } from '@mintmark/client'
import { accessTokenUsages, limits } from '@mintmark/contract'
import { useEffect, useRef, useState } from 'react'
import { errorMessage } from '../parts/use-save.ts'
import { call } from '../server.ts'

type Row = Found<typeof accessTokenUsages>

type State =
  | { readonly state: 'idle' }
  | { readonly state: 'busy'; readonly found: number }
  | { readonly state: 'failed'; readonly reason: string }

export interface SelectAllMatching {
  readonly state: State
  /** The IDs found last, if the filters have not changed since. */
  readonly lastFoundIds: readonly string[] | null
  readonly start: () => void
  readonly cancel: () => void
}

/** The maximum number of tokens to revoke at once; takes the server about a minute. */
export const selectionMax = 1_000

export function useSelectAllMatching(
  request: CallOptions<typeof accessTokenUsages, 'list'>,
  onFound: (rows: readonly Row[]) => void,
): SelectAllMatching {
  const [state, setState] = useState<State>({ state: 'idle' })
  const [lastFoundIds, setLastFoundIds] = useState<readonly string[] | null>(null)
  const run = useRef(0)
  const { page: _, ...matched } = request
  const question = JSON.stringify(matched)
  const cancel = () => {
    run.current++
    setState({ state: 'idle' })
  }
  // biome-ignore lint/correctness/useExhaustiveDependencies: results are only valid for their query
  useEffect(() => {
    setLastFoundIds(null)
    return cancel
  }, [question])
  const start = async () => {
    const ownRun = ++run.current
    const found = new Map<string, Row>()
    try {
      let number: number | null = 1
      while (number !== null && found.size < selectionMax) {
        setState({ state: 'busy', found: found.size })
        const page = { number, size: limits.pageSizeMax }
        const response: Page<typeof accessTokenUsages> = await call(accessTokenUsages, 'list', { ...matched, page })
        if (ownRun !== run.current) return
        for (const row of response.records) found.set(row.id, row)
        number = response.nextPage
      }
      const rows = [...found.values()].slice(0, selectionMax)
      setState({ state: 'idle' })
      setLastFoundIds(rows.map(({ id }) => id))
      onFound(rows)
    } catch (error) {
      if (ownRun !== run.current) return
      const reason = error instanceof Unreachable ? 'The server did not respond.' : errorMessage(error)
      setState({ state: 'failed', reason: `${reason} No more tokens were selected.` })
    }
  }
  return { state, lastFoundIds, start: () => void start(), cancel }
}
