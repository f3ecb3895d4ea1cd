/** The account whose things are shown stands in the address; the last one is remembered for the next visit. */
import { useParams } from '@tanstack/react-router'
import { type Session, useSession } from './session.ts'

const key = 'mintmark-account'

export function lastAccount({ accounts }: Session): string | undefined {
  let kept: string | null = null
  try {
    kept = localStorage.getItem(key)
  } catch {
    // A browser that keeps nothing starts with the first one.
  }
  return (accounts.find(({ id }) => id === kept) ?? accounts[0])?.id
}

export function rememberAccount(id: string): void {
  try {
    localStorage.setItem(key, id)
  } catch {
    // As above.
  }
}

/** The account of the page; on pages of no account, the last one. */
export function useAccount(): { readonly id: string; readonly name: string } {
  const session = useSession()
  const { account } = useParams({ strict: false }) as { account?: string }
  const id = account ?? lastAccount(session) ?? ''
  return session.accounts.find((each) => each.id === id) ?? { id, name: id }
}
