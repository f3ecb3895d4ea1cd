/** Ends a token that got out, and what may be in the same hands. */
import { Group, List, Radio, Stack, Text } from '@mantine/core'
import { accessTokens, accessTokenUsages, auditEvents, leakReports, vars } from '@mintmark/contract'
import { StopIcon } from '@primer/octicons-react'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { ActionButton } from '../parts/action-button.tsx'
import { Confirm, type Confirmation } from '../parts/confirm.tsx'
import { Panel } from '../parts/page.tsx'
import { counted } from '../parts/time.tsx'
import { showToast } from '../parts/toast.ts'
import { pageOf, refresh } from '../queries.ts'
import { call } from '../server.ts'
import { useAccount } from '../session/account.ts'
import { useWhyNot } from '../session/rights.ts'
import { titleOf } from '../tokens/token-text.tsx'
import type { Leak } from './leak-text.tsx'

const reaches = ['token', 'family', 'network', 'owner'] as const
type Reach = (typeof reaches)[number]

const words: Readonly<Record<Reach, { readonly label: string; readonly about: string }>> = {
  token: { label: 'This token', about: 'It alone.' },
  family: {
    label: 'Its family',
    about: 'This token, the tokens it was rotated from and to, and the tokens it created.',
  },
  network: {
    label: 'What was used from the same new networks',
    about:
      'This token, the tokens of its owner used since from networks that are new to it, and the tokens it created.',
  },
  owner: {
    label: 'All tokens of its owner',
    about: 'All programs of the owner stop working. Tokens that this token created for other owners are revoked too.',
  },
}

export function ContainPanel({ of }: { of: Leak }) {
  const account = useAccount()
  const whyNot = useWhyNot()
  const [chosen, choose] = useState<Reach | null>(null)
  const what = chosen ?? (of.siblings?.length ? 'network' : 'token')
  const [confirmation, setConfirmation] = useState<Confirmation | null>(null)
  const ofOwner = useQuery({
    ...pageOf(accessTokenUsages, 'list', { filters: { ownerId: of.ownerId ?? '' }, page: { number: 1, size: 1 } }),
    enabled: of.ownerType !== 'agent-pool' && whyNot('access-tokens:read', { account: account.id }) === null,
  })
  const count = ofOwner.data?.totalCount
  const why =
    whyNot('leak-reports:update', { account: account.id }) ??
    (what === 'token' && of.tokenState === 'ended' ? 'It has ended already.' : null)
  const contain = (): Confirmation => ({
    title: `End ${words[what].label.charAt(0).toLowerCase()}${words[what].label.slice(1)}?`,
    deed: 'End at once',
    ...(what === 'owner' ? { typed: of.ownerEmail ?? 'all' } : {}),
    children: <Reached of={of} what={what} count={count} />,
    run: async () => {
      await call(leakReports, 'contain', { path: { leakReport: of.id }, wish: { what } })
      showToast({ message: 'Contained. What was ended is refused from now on.' })
      await refresh(leakReports, accessTokens, accessTokenUsages, auditEvents, vars)
    },
  })
  return (
    <Panel title="Contain it">
      <Stack gap={14}>
        <Radio.Group
          label="What to end"
          value={what}
          onChange={(value) => choose(value as Reach)}
          styles={{ label: { marginBottom: 6 } }}
        >
          <Stack gap={10}>
            {reaches.map((each) => (
              <Radio
                key={each}
                value={each}
                label={each === 'owner' && count !== undefined ? `${words[each].label} (${count})` : words[each].label}
                description={words[each].about}
              />
            ))}
          </Stack>
        </Radio.Group>
        <Group>
          <ActionButton color="red" leftSection={<StopIcon />} why={why} onClick={() => setConfirmation(contain())}>
            End at once…
          </ActionButton>
        </Group>
      </Stack>
      <Confirm of={confirmation} onClose={() => setConfirmation(null)} />
    </Panel>
  )
}

function Reached({ of, what, count }: { of: Leak; what: Reach; count: number | undefined }) {
  const token = `${titleOf({ name: of.tokenName ?? null })} (…${of.tokenLastCharacters})`
  const itself = of.tokenState === 'ended' ? `${token}, which has ended already` : token
  const siblings = [...new Map((of.siblings ?? []).map((each) => [each.token, each])).values()]
  return (
    <Stack gap={8}>
      <Text>These end:</Text>
      <List spacing={4}>
        {what === 'owner' ? (
          <List.Item className="break">
            {count === undefined ? 'All tokens' : counted(count, 'token')} of {of.ownerEmail ?? 'its owner'}
          </List.Item>
        ) : (
          <List.Item className="break">{itself}</List.Item>
        )}
        {what === 'family' && <List.Item>Live tokens it was rotated from and to, and live tokens it created</List.Item>}
        {what === 'network' &&
          siblings.map(({ token, name, lastCharacters }) => (
            <List.Item key={token} className="break">
              {titleOf({ name: name ?? null })} (…{lastCharacters})
            </List.Item>
          ))}
      </List>
      <Text>Whatever uses them is refused from the next request on. This cannot be undone.</Text>
    </Stack>
  )
}
