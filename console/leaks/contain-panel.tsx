/** Revokes a leaked token and the tokens that may be compromised with it. */
import { Group, List, Radio, Stack, Text } from '@mantine/core'
import { accessTokens, accessTokenUsages, auditEvents, leakReports, vars } from '@mintmark/contract'
import { StopIcon } from '@primer/octicons-react'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { ActionButton } from '../parts/action-button.tsx'
import { type Confirmation, ConfirmDialog } from '../parts/confirm.tsx'
import { Panel } from '../parts/page.tsx'
import { formatCount } from '../parts/time.tsx'
import { showToast } from '../parts/toast.ts'
import { invalidate, pageQuery } from '../queries.ts'
import { call } from '../server.ts'
import { useAccount } from '../session/account.ts'
import { useDenialReason } from '../session/rights.ts'
import { titleOf } from '../tokens/token-text.tsx'
import type { Leak } from './leak-text.tsx'

const containOptions = ['token', 'family', 'network', 'owner'] as const
type ContainOption = (typeof containOptions)[number]

const optionText: Readonly<Record<ContainOption, { readonly label: string; readonly about: string }>> = {
  token: { label: 'This token', about: 'Only this token.' },
  family: {
    label: 'Token family',
    about: 'This token, the tokens it was rotated from and to, and the tokens it created.',
  },
  network: {
    label: 'Tokens used from the same new networks',
    about:
      "This token, tokens of its owner or account that were used from the leaked token's new networks since the leak, and all tokens created by any of these.",
  },
  owner: {
    label: 'All tokens of its owner',
    about: 'All programs of the owner stop working. Tokens that this token created for other owners are revoked too.',
  },
}

export function ContainPanel({ of }: { of: Leak }) {
  const account = useAccount()
  const denialReason = useDenialReason()
  const [chosen, choose] = useState<ContainOption | null>(null)
  const what = chosen ?? (of.siblings?.length ? 'network' : 'token')
  const [confirmation, setConfirmation] = useState<Confirmation | null>(null)
  const ofOwner = useQuery({
    ...pageQuery(accessTokenUsages, 'list', { filters: { ownerId: of.ownerId ?? '' }, page: { number: 1, size: 1 } }),
    enabled: of.ownerType !== 'agent-pool' && denialReason('access-tokens:read', { account: account.id }) === null,
  })
  const count = ofOwner.data?.totalCount
  const disabledReason =
    denialReason('leak-reports:update', { account: account.id }) ??
    (what === 'token' && of.tokenState === 'inactive' ? 'The token is already inactive.' : null)
  const contain = (): Confirmation => ({
    title: `Revoke ${optionText[what].label.charAt(0).toLowerCase()}${optionText[what].label.slice(1)}?`,
    submitLabel: 'Revoke now',
    ...(what === 'owner' ? { typedConfirmation: of.ownerEmail ?? 'all' } : {}),
    children: <AffectedTokens of={of} what={what} count={count} />,
    onConfirm: async () => {
      await call(leakReports, 'contain', { path: { leakReport: of.id }, input: { what } })
      showToast({ message: 'Leak contained.' })
      await invalidate(leakReports, accessTokens, accessTokenUsages, auditEvents, vars)
    },
  })
  return (
    <Panel title="Contain the leak">
      <Stack gap={14}>
        <Radio.Group
          label="Tokens to revoke"
          value={what}
          onChange={(value) => choose(value as ContainOption)}
          styles={{ label: { marginBottom: 6 } }}
        >
          <Stack gap={10}>
            {containOptions.map((each) => (
              <Radio
                key={each}
                value={each}
                label={
                  each === 'owner' && count !== undefined
                    ? `${optionText[each].label} (${count})`
                    : optionText[each].label
                }
                description={optionText[each].about}
              />
            ))}
          </Stack>
        </Radio.Group>
        <Group>
          <ActionButton
            color="red"
            leftSection={<StopIcon />}
            disabledReason={disabledReason}
            onClick={() => setConfirmation(contain())}
          >
            Revoke…
          </ActionButton>
        </Group>
      </Stack>
      <ConfirmDialog of={confirmation} onClose={() => setConfirmation(null)} />
    </Panel>
  )
}

function AffectedTokens({ of, what, count }: { of: Leak; what: ContainOption; count: number | undefined }) {
  const token = `${titleOf({ name: of.tokenName ?? null })} (…${of.tokenLastCharacters})`
  const itself = of.tokenState === 'inactive' ? `${token} (already inactive)` : token
  const siblings = [...new Map((of.siblings ?? []).map((each) => [each.token, each])).values()]
  return (
    <Stack gap={8}>
      <Text>The following tokens are revoked:</Text>
      <List spacing={4}>
        {what === 'owner' ? (
          <List.Item className="break">
            {count === undefined ? 'All tokens' : formatCount(count, 'token')} of {of.ownerEmail ?? 'its owner'}
          </List.Item>
        ) : (
          <List.Item className="break">{itself}</List.Item>
        )}
        {what === 'family' && (
          <List.Item>Active tokens it was rotated from and to, and active tokens it created</List.Item>
        )}
        {what === 'network' &&
          siblings.map(({ token, name, lastCharacters }) => (
            <List.Item key={token} className="break">
              {titleOf({ name: name ?? null })} (…{lastCharacters})
            </List.Item>
          ))}
      </List>
      <Text>Requests that use them start failing immediately. This cannot be undone.</Text>
    </Stack>
  )
}
