/** A leak report: location, activity since the leak, and containment. */
import { Anchor, Badge, Group, Text } from '@mantine/core'
import { leakReports } from '@mintmark/contract'
import { LinkExternalIcon } from '@primer/octicons-react'
import { useQuery } from '@tanstack/react-query'
import { useParams } from '@tanstack/react-router'
import { ContainPanel } from '../leaks/contain-panel.tsx'
import {
  actionTakenLabels,
  confidenceText,
  type Leak,
  LeakState,
  locationText,
  Resolution,
  safeUrl,
  sourceName,
  visibilityLabels,
} from '../leaks/leak-text.tsx'
import { NextSteps } from '../leaks/next-steps.tsx'
import { lazyComponent } from '../parts/lazy-component.tsx'
import { Facts, Page, Panel } from '../parts/page.tsx'
import { type Column, Records } from '../parts/records.tsx'
import { ErrorState, Loading } from '../parts/states.tsx'
import { formatCount, formatDuration, Time } from '../parts/time.tsx'
import { recordQuery } from '../queries.ts'
import { useAccount } from '../session/account.ts'
import { DeniedCount } from '../tokens/denied-count.tsx'
import { OwnerLink } from '../tokens/owner-link.tsx'
import { LinkedToken, titleOf } from '../tokens/token-text.tsx'

// The form fields are not part of the first load.
const TriagePanels = lazyComponent(async () => (await import('../leaks/triage-panel.tsx')).TriagePanels)

export function LeakReport() {
  const account = useAccount()
  const { id } = useParams({ strict: false }) as { id: string }
  const { data, error, refetch } = useQuery(recordQuery(leakReports, 'show', { path: { leakReport: id } }))
  if (data) return <Shown of={data} />
  return (
    <Page title="Leak report" parent={{ to: `/${account.id}/leak-reports`, label: 'Leak reports' }}>
      {error ? <ErrorState error={error} again={() => void refetch()} /> : <Loading />}
    </Page>
  )
}

function Shown({ of }: { of: Leak }) {
  const account = useAccount()
  // An active leak shows the containment first.
  const isOver = of.tokenState === 'inactive'
  return (
    <Page
      title={`${titleOf({ name: of.tokenName ?? null })} (…${of.tokenLastCharacters})`}
      parent={{ to: `/${account.id}/leak-reports`, label: 'Leak reports' }}
      badge={
        <>
          <LeakState of={of.tokenState} /> <Resolution of={of.resolution} />
        </>
      }
      about={
        <>
          Reported by {sourceName(of.source)}. Location: <span className="break">{locationText(of)}</span>
        </>
      }
    >
      {!isOver && <ContainPanel of={of} />}
      <Panel title="Details">
        <Facts of={factsOf(of)} />
      </Panel>
      <Panel title="Activity since the leak" flush>
        {of.activitySince?.length ? (
          <Records
            label="Activity since the leak"
            rows={of.activitySince.map((use) => ({ ...use, id: `${use.network} ${use.operation}` }))}
            columns={useColumns}
          />
        ) : (
          <Text c="dimmed" p={14}>
            No activity since the leak.
          </Text>
        )}
      </Panel>
      <Panel title="Other tokens that may be compromised" flush>
        {of.siblings?.length ? (
          <Records
            label="Other tokens"
            rows={of.siblings.map((sibling) => ({ ...sibling, id: `${sibling.token} ${sibling.network}` }))}
            columns={siblingColumns}
          />
        ) : (
          <Text c="dimmed" p={14}>
            The token created no other tokens, and no other token of its owner was used from a new network.
          </Text>
        )}
      </Panel>
      {isOver && <ContainPanel of={of} />}
      <TriagePanels of={of} />
      <NextSteps of={of} />
    </Page>
  )
}

function factsOf(of: Leak): readonly (readonly [string, React.ReactNode])[] {
  const address = safeUrl(of)
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
      'URL',
      address ? (
        <Anchor key="address" href={address} target="_blank" rel="noreferrer" className="break">
          {address} <LinkExternalIcon size={12} aria-label="opens in a new tab" />
        </Anchor>
      ) : (
        'Not provided'
      ),
    ],
    ['Visibility', visibilityLabels[of.locationKind ?? 'unknown']],
    ['Reported by', sourceName(of.source)],
    ['Confidence', of.confidence ? confidenceText[of.confidence].about : 'Unknown'],
    ...(of.committedAt ? ([['Exposed since', <Time key="committed" at={of.committedAt} />]] as const) : []),
    ['First reported', <Time key="first" at={of.firstSeenAt} />],
    [
      'Last reported',
      <span key="last">
        <Time at={of.lastSeenAt} />, {formatCount(of.times ?? 1, 'report')}
        {(of.locations ?? 1) > 1 && ` from ${formatCount(of.locations ?? 1, 'location')}`}
      </span>,
    ],
    [
      of.committedAt ? 'Exposed for' : 'Known for',
      exposed < 1 ? 'less than a minute' : formatDuration(rounded(exposed)),
    ],
    ['Action taken', of.actionTaken ? actionTakenLabels[of.actionTaken] : ''],
    ['Last used', <Time key="used" at={of.lastUsedAt} />],
    ...(of.resolvedAt ? ([['Resolved', <Time key="resolved" at={of.resolvedAt} />]] as const) : []),
  ]
}

const rounded = (minutes: number) =>
  minutes > 2_880 ? Math.round(minutes / 1_440) * 1_440 : minutes > 120 ? Math.round(minutes / 60) * 60 : minutes

const Token = ({ of }: { of: Leak }) => (
  <Group gap={6}>
    <LinkedToken id={of.tokenId} name={of.tokenName} lastCharacters={of.tokenLastCharacters} />
    <LeakState of={of.tokenState} />
  </Group>
)

type Use = NonNullable<Leak['activitySince']>[number] & { readonly id: string }
type Sibling = NonNullable<Leak['siblings']>[number] & { readonly id: string }

const useColumns: readonly Column<Use>[] = [
  {
    name: 'Network',
    cell: ({ network, isNew }) => (
      <Group gap={6}>
        <span className="mono">{network}</span>
        {isNew && <Badge color="red">New network</Badge>}
      </Group>
    ),
  },
  {
    name: 'Operation',
    cell: ({ operation, permissions }) => (
      <>
        <span className="mono break">{operation}</span>
        {permissions?.length ? (
          <Text size="sm" c="dimmed" className="break">
            requires {permissions.join(' or ')}
          </Text>
        ) : null}
      </>
    ),
  },
  { name: 'Allowed', cell: ({ times = 0, denied = 0 }) => (times - denied).toLocaleString('en') },
  { name: 'Denied', cell: ({ denied = 0 }) => <DeniedCount of={denied} /> },
  { name: 'First used', cell: ({ firstAt }) => <Time at={firstAt} /> },
  { name: 'Last used', cell: ({ lastAt }) => <Time at={lastAt} /> },
]

const siblingColumns: readonly Column<Sibling>[] = [
  {
    name: 'Token',
    cell: ({ token, ...rest }) => <LinkedToken {...rest} id={token} />,
  },
  {
    name: 'Used from',
    cell: ({ network }) => (network ? <span className="mono">{network}</span> : 'Created by the leaked token'),
  },
]
