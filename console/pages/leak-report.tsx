/** One token that got out: where it lay, what it was used for since, and how to contain it. */
import { Anchor, Badge, Group, List, Text } from '@mantine/core'
import { leakReports } from '@mintmark/contract'
import { LinkExternalIcon } from '@primer/octicons-react'
import { useQuery } from '@tanstack/react-query'
import { Link, useParams } from '@tanstack/react-router'
import { ContainPanel } from '../leaks/contain.tsx'
import {
  answered,
  confidences,
  type Leak,
  LeakState,
  linkOf,
  locationKinds,
  placeOf,
  sourceName,
} from '../leaks/leak-text.tsx'
import { Facts, Page, Panel } from '../parts/page.tsx'
import { type Column, Records } from '../parts/records.tsx'
import { Failed, Loading } from '../parts/states.tsx'
import { counted, lifetime, Time } from '../parts/time.tsx'
import { oneOf } from '../queries.ts'
import { useAccount } from '../session/account.ts'
import { OwnerLink } from '../tokens/owner-link.tsx'
import { LastSix, titleOf } from '../tokens/token-text.tsx'

export function LeakReport() {
  const account = useAccount()
  const { id } = useParams({ strict: false }) as { id: string }
  const { data, error, refetch } = useQuery(oneOf(leakReports, 'show', { path: { leakReport: id } }))
  if (data) return <Shown of={data} />
  return (
    <Page title="Leak report" back={{ to: `/${account.id}/leak-reports`, label: 'Leak reports' }}>
      {error ? <Failed error={error} again={() => void refetch()} /> : <Loading />}
    </Page>
  )
}

function Shown({ of }: { of: Leak }) {
  const account = useAccount()
  // What is urgent stands first.
  const isOver = of.tokenState === 'ended'
  return (
    <Page
      title={`${titleOf({ name: of.tokenName ?? null })} (…${of.tokenLastCharacters})`}
      back={{ to: `/${account.id}/leak-reports`, label: 'Leak reports' }}
      badge={<LeakState of={of.tokenState} />}
      about={
        <>
          Found in <span className="break">{placeOf(of)}</span> by {sourceName(of.source)}.
        </>
      }
    >
      {!isOver && <ContainPanel of={of} />}
      <Panel title="What is known">
        <Facts of={factsOf(of)} />
      </Panel>
      <Panel title="Used since it got out" flush>
        {of.activitySince?.length ? (
          <Records
            label="Used since it got out"
            rows={of.activitySince.map((use) => ({ ...use, id: `${use.network} ${use.operation}` }))}
            columns={useColumns}
          />
        ) : (
          <Text c="dimmed" p={14}>
            For nothing, as far as is known.
          </Text>
        )}
      </Panel>
      <Panel title="Other tokens its finder may hold" flush>
        {of.siblings?.length ? (
          <Records
            label="Other tokens"
            rows={of.siblings.map((sibling) => ({ ...sibling, id: `${sibling.token} ${sibling.network}` }))}
            columns={siblingColumns}
          />
        ) : (
          <Text c="dimmed" p={14}>
            It created no other token, and no token of its owner was used from a network that is new to this one.
          </Text>
        )}
      </Panel>
      {isOver && <ContainPanel of={of} />}
      <NextSteps of={of} />
    </Page>
  )
}

function factsOf(of: Leak): readonly (readonly [string, React.ReactNode])[] {
  const address = linkOf(of)
  const exposed = of.exposedMinutes ?? 0
  return [
    ['Token', <Token key="token" of={of} />],
    ['Owner', <OwnerLink key="owner" type={of.ownerType} id={of.ownerId} email={of.ownerEmail} />],
    ...(of.repository ? ([['Repository', of.repository]] as const) : []),
    ...(of.path
      ? ([
          [
            'File',
            <span key="file" className="mono break">
              {of.path}
              {of.line ? `:${of.line}` : ''}
            </span>,
          ],
        ] as const)
      : []),
    ...(of.commit
      ? ([
          [
            'Commit',
            <span key="commit" className="mono break">
              {of.commit}
            </span>,
          ],
        ] as const)
      : []),
    [
      'Address',
      address ? (
        <Anchor key="address" href={address} target="_blank" rel="noreferrer" className="break">
          {address} <LinkExternalIcon size={12} aria-label="opens in a new tab" />
        </Anchor>
      ) : (
        'not told'
      ),
    ],
    ['Who can look there', locationKinds[of.locationKind ?? 'unknown']],
    ['Found by', sourceName(of.source)],
    ['Certainty', of.confidence ? confidences[of.confidence].about : 'not known'],
    ['Got there', <Time key="committed" at={of.committedAt} never="not known" />],
    ['First seen', <Time key="first" at={of.firstSeenAt} />],
    [
      'Last seen',
      <span key="last">
        <Time at={of.lastSeenAt} />, {counted(of.times ?? 1, 'report')}
        {(of.locations ?? 1) > 1 && ` from ${counted(of.locations ?? 1, 'location')}`}
      </span>,
    ],
    ['Exposed for', exposed < 1 ? 'less than a minute' : lifetime(rounded(exposed))],
    ['Answer', of.answer ? answered[of.answer] : ''],
    ['Last used', <Time key="used" at={of.lastUsedAt} />],
  ]
}

const rounded = (minutes: number) =>
  minutes > 2_880 ? Math.round(minutes / 1_440) * 1_440 : minutes > 120 ? Math.round(minutes / 60) * 60 : minutes

const Token = ({ of }: { of: Leak }) => (
  <Group gap={6}>
    <span className="break">
      {titleOf({ name: of.tokenName ?? null })} <LastSix of={of.tokenLastCharacters} />
    </span>
    <LeakState of={of.tokenState} />
  </Group>
)

type Use = NonNullable<Leak['activitySince']>[number] & { readonly id: string }
type Sibling = NonNullable<Leak['siblings']>[number] & { readonly id: string }

const useColumns: readonly Column<Use>[] = [
  {
    name: 'From',
    cell: ({ network, isNew }) => (
      <Group gap={6}>
        <span className="mono">{network}</span>
        {isNew && <Badge color="red">New network</Badge>}
      </Group>
    ),
  },
  {
    name: 'For',
    cell: ({ operation, permissions }) => (
      <>
        <span className="mono break">{operation}</span>
        {permissions?.length ? (
          <Text size="sm" c="dimmed" className="break">
            takes {permissions.join(' or ')}
          </Text>
        ) : null}
      </>
    ),
  },
  { name: 'Times', cell: ({ times }) => times?.toLocaleString('en') },
  { name: 'First', cell: ({ firstAt }) => <Time at={firstAt} /> },
  { name: 'Last', cell: ({ lastAt }) => <Time at={lastAt} /> },
]

const siblingColumns: readonly Column<Sibling>[] = [
  {
    name: 'Token',
    cell: ({ name, lastCharacters }) => (
      <span className="break">
        {titleOf({ name: name ?? null })} <LastSix of={lastCharacters} />
      </span>
    ),
  },
  {
    name: 'Used from',
    cell: ({ network }) => (network ? <span className="mono">{network}</span> : 'Created by this token'),
  },
]

const removing =
  'https://docs.github.com/en/authentication/keeping-your-account-and-data-secure/removing-sensitive-data-from-a-repository'

function NextSteps({ of }: { of: Leak }) {
  const account = useAccount()
  const owners = of.ownerType === 'user' ? 'users' : 'service-accounts'
  return (
    <Panel title="What to do next">
      <List type="ordered" spacing={6} className="prose">
        {of.tokenState !== 'ended' && <List.Item>End the token above. Nothing else stops whoever found it.</List.Item>}
        {of.ownerType !== 'agent-pool' && (
          <List.Item>
            Give what used it another token, on{' '}
            <Anchor component={Link} to={`/${account.id}/iam/${owners}/${of.ownerId}`}>
              the page of its owner
            </Anchor>
            .
          </List.Item>
        )}
        <List.Item>
          See what was done with it in the{' '}
          <Anchor component={Link} to={`/${account.id}/audit-events`} search={{ tokenId: of.tokenId } as never}>
            audit events
          </Anchor>
          .
        </List.Item>
        <List.Item>
          Take it out of the place it lay in. In a git repository it stays in the history:{' '}
          <Anchor href={removing} target="_blank" rel="noreferrer">
            how to remove it <LinkExternalIcon size={12} aria-label="opens in a new tab" />
          </Anchor>
          .
        </List.Item>
        <List.Item>
          Stop the next one before it is pushed, with{' '}
          <Anchor component={Link} to={`/${account.id}/github-secret-scanning`}>
            secret scanning
          </Anchor>
          .
        </List.Item>
      </List>
    </Panel>
  )
}
