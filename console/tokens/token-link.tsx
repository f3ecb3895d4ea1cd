/** A link to the page of a token. */
import { Anchor } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { useAccount } from '../session/account.ts'

interface TokenLink {
  readonly id: string
  /** Links within a sentence are underlined, to be distinguishable without color. */
  readonly isInSentence?: boolean
  readonly children: ReactNode
}

export function TokenLink({ id, isInSentence = false, children }: TokenLink) {
  const account = useAccount()
  // Pages of tokens are within an account. A user who was removed from all accounts has none.
  if (!account.id) return <span className="break">{children}</span>
  return (
    <Anchor
      component={Link}
      to={`/${account.id}/tokens/${id}`}
      className="break"
      underline={isInSentence ? 'always' : 'hover'}
    >
      {children}
    </Anchor>
  )
}
