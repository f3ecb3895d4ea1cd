/** A link to the owner of a token. */
import { Anchor } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import { useAccount } from '../session/account.ts'

interface OwnerLink {
  readonly type: 'user' | 'service-account' | 'agent-pool' | undefined
  readonly id: string | undefined
  readonly email: string | null | undefined
}

export function OwnerLink({ type, id, email }: OwnerLink) {
  const account = useAccount()
  const place = type === 'user' ? 'users' : type === 'service-account' ? 'service-accounts' : undefined
  if (!place || !id) return <span className="break">{email ?? (type === 'agent-pool' ? 'Agent pool' : id)}</span>
  return (
    <Anchor component={Link} to={`/${account.id}/iam/${place}/${id}`} className="break">
      {email ?? id}
    </Anchor>
  )
}
