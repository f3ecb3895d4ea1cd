/** What is filtered, sorted and searched stands in the address, so that it can be linked to and gone back from. */
import { useDisclosure } from '@mantine/hooks'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { useEffect } from 'react'

export type Address = Readonly<Record<string, string | undefined>>

export const parseSearch = (text: string): Address => Object.fromEntries(new URLSearchParams(text))

export function stringifySearch(address: Record<string, unknown>): string {
  const given = Object.entries(address).filter(
    (entry): entry is [string, string] => typeof entry[1] === 'string' && entry[1] !== '',
  )
  return given.length > 0 ? `?${new URLSearchParams(given)}` : ''
}

/** The members of the address, and how to change some of them. Typing replaces the entry in the history, choosing adds one. */
export function useAddress(): [Address, (change: Address, how?: 'replace') => void] {
  const address = useSearch({ strict: false }) as Address
  const navigate = useNavigate()
  const change = (change: Address, how?: 'replace') =>
    void navigate({
      to: '.',
      search: ((before: Address) => ({ ...before, ...change })) as never,
      replace: how === 'replace',
      resetScroll: false,
    })
  return [address, change]
}

/** A dialog that an address can open: `?do=generate`. The address forgets it at once, so that going back does not repeat it. */
export function useOpening(name: string): ReturnType<typeof useDisclosure> {
  const disclosure = useDisclosure(false)
  const [, { open }] = disclosure
  const [{ do: wanted }, change] = useAddress()
  // biome-ignore lint/correctness/useExhaustiveDependencies: once for each time it is asked for
  useEffect(() => {
    if (wanted !== name) return
    open()
    change({ do: undefined }, 'replace')
  }, [wanted, name])
  return disclosure
}
