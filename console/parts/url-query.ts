/** List state (filters, sort, search, page) is kept in the URL query, so that it can be linked and works with the back button. */
import { useDisclosure } from '@mantine/hooks'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { useEffect } from 'react'

export type UrlQuery = Readonly<Record<string, string | undefined>>

export const parseSearch = (text: string): UrlQuery => Object.fromEntries(new URLSearchParams(text))

export function stringifySearch(address: Record<string, unknown>): string {
  const given = Object.entries(address).filter(
    (entry): entry is [string, string] => typeof entry[1] === 'string' && entry[1] !== '',
  )
  return given.length > 0 ? `?${new URLSearchParams(given)}` : ''
}

/** Returns the URL query and a function to change parts of it. Typing replaces the history entry, selecting adds one. */
export function useUrlQuery(): [UrlQuery, (change: UrlQuery, how?: 'replace') => void] {
  const address = useSearch({ strict: false }) as UrlQuery
  const navigate = useNavigate()
  const change = (change: UrlQuery, how?: 'replace') =>
    void navigate({
      to: '.',
      search: ((before: UrlQuery) => ({ ...before, ...change })) as never,
      replace: how === 'replace',
      resetScroll: false,
    })
  return [address, change]
}

/** A dialog that a URL can open, such as `?do=create-token`. The parameter is removed at once, so that going back does not reopen it. */
export function useDialogFromUrl(name: string): ReturnType<typeof useDisclosure> {
  const disclosure = useDisclosure(false)
  const [, { open }] = disclosure
  const [{ do: wanted }, change] = useUrlQuery()
  // biome-ignore lint/correctness/useExhaustiveDependencies: runs once per request to open
  useEffect(() => {
    if (wanted !== name) return
    open()
    change({ do: undefined }, 'replace')
  }, [wanted, name])
  return disclosure
}
