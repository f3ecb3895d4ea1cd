/** Tokens without a limit, whose owner can manage access: an explanation, and limited replacements. */
import { Text } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import type { Found } from '@mintmark/client'
import type { accessTokenUsages } from '@mintmark/contract'
import { ShieldLockIcon } from '@primer/octicons-react'
import { ActionIconButton } from '../../parts/action-button.tsx'
import { lazyComponent } from '../../parts/lazy-component.tsx'
import { useUrlQuery } from '../../parts/url-query.ts'
import { useAccount } from '../../session/account.ts'
import { useDenialReason } from '../../session/rights.ts'
import { useSession } from '../../session/session.ts'
import { nameOf } from '../token-text.tsx'

const CreateToken = lazyComponent(async () => (await import('../create-token.tsx')).CreateToken)

const useIsShown = () => useUrlQuery()[0]['limits'] === 'over-privileged'

export const OverPrivilegedNote = () =>
  useIsShown() && (
    <Text c="dimmed" px={14} py={10}>
      Tokens that are not limited to permissions or scopes, and whose owner can manage access policies, roles or users.
      Create a limited replacement, update the programs that use the token, then revoke it.
    </Text>
  )

export function CreateReplacement({ of }: { of: Found<typeof accessTokenUsages> }) {
  const disabledReason = useDisabledReason(of)
  const [isOpen, { open, close }] = useDisclosure(false)
  if (!useIsShown()) return null
  const { ownerType, ownerId = '', ownerEmail = '', name } = of
  return (
    <>
      <ActionIconButton
        name={`Create a limited replacement of ${nameOf({ name: null, ...of })}`}
        disabledReason={disabledReason}
        onClick={open}
      >
        <ShieldLockIcon />
      </ActionIconButton>
      <CreateToken
        opened={isOpen}
        onClose={close}
        serviceAccount={ownerType === 'service-account' ? { id: ownerId, name: ownerEmail } : null}
        replaced={name ?? ''}
      />
    </>
  )
}

function useDisabledReason({ ownerType, ownerId }: Found<typeof accessTokenUsages>): string | null {
  const account = useAccount()
  const { user } = useSession()
  const denialReason = useDenialReason()
  if (ownerType === 'service-account') return denialReason('service-accounts:update', { account: account.id })
  return ownerId === user.id ? null : 'Only the owner can create a personal access token.'
}
