/** The current account is part of the URL. The last one is stored for the next visit. */
import { useParams } from '@tanstack/react-router'
import { type Session, useSession } from './session.ts'

const key = 'mintmark-account'

export function lastAccount({ accounts }: Session): string | undefined {
  let stored: string | null = null
  try {
    stored = localStorage.getItem(key)
  } catch {
    // Without storage, the first account is used.
  }
  return (accounts.find(({ id }) => id === stored) ?? accounts[0])?.id
}

export function rememberAccount(id: string): void {
  try {
    localStorage.setItem(key, id)
  } catch {
    // As above.
  }
}

/** Returns the account of the page; on pages without an account, the last one. */
export function useAccount(): { readonly id: string; readonly name: string } {
  const session = useSession()
  const { account } = useParams({ strict: false }) as { account?: string }
  const id = account ?? lastAccount(session) ?? ''
  return session.accounts.find((each) => each.id === id) ?? { id, name: id }
}
