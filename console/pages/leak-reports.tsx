/** The leak reports of the account. */
import { Anchor, Badge, Button, SegmentedControl, Text } from '@mantine/core'
import { leakReports } from '@mintmark/contract'
import { ShieldCheckIcon, WebhookIcon } from '@primer/octicons-react'
import { Link } from '@tanstack/react-router'
import {
  actionTakenLabels,
  type Leak,
  LeakState,
  locationText,
  Resolution,
  sourceName,
  sources,
  visibilityLabels,
} from '../leaks/leak-text.tsx'
import { Listing } from '../parts/listing.tsx'
import { Page } from '../parts/page.tsx'
import type { Column } from '../parts/records.tsx'
import { EmptyState } from '../parts/states.tsx'
import { Time } from '../parts/time.tsx'
import { useUrlQuery } from '../parts/url-query.ts'
import { useAccount } from '../session/account.ts'
import { useSession } from '../session/session.ts'
import { OwnerLink } from '../tokens/owner-link.tsx'
import { LastSix, titleOf } from '../tokens/token-text.tsx'

const optionsOf = (words: Readonly<Record<string, string>>) =>
  Object.entries(words).map(([value, label]) => ({ value, label }))

const states = [
  { value: 'open', label: 'Open' },
  { value: 'resolved', label: 'Resolved' },
  { value: 'all', label: 'All' },
] as const

export function LeakReports() {
  const account = useAccount()
  const { user } = useSession()
  const [address, change] = useUrlQuery()
  const state = states.find(({ value }) => value === address['state'])?.value ?? 'open'
  return (
    <Page
      title="Leak reports"
      about="Tokens that were found where they should not be, and the action taken."
      actions={
        <Button
          component={Link}
          to={`/${account.id}/leak-reports/webhooks`}
          variant="default"
          leftSection={<WebhookIcon />}
        >
          Webhooks
        </Button>
      }
    >
      <SegmentedControl
        size="xs"
        style={{ alignSelf: 'flex-start' }}
        aria-label="Leak reports to show"
        value={state}
        onChange={(value) => change({ state: value === 'open' ? undefined : value, page: undefined })}
        data={[...states]}
      />
      <Listing
        label="Leak reports"
        of={leakReports}
        operation="list"
        request={{ filters: { account: account.id, ...(state === 'all' ? {} : { state }) } }}
        columns={columns(account.id)}
        search="Search locations, tokens, owners"
        filters={[
          {
            name: 'actionTaken',
            label: 'Action',
            options: [
              ...optionsOf(actionTakenLabels),
              { value: 'not-revoked', label: 'Not revoked yet', filters: { actionTaken: 'in:notified,expiring' } },
            ],
          },
          { name: 'locationKind', label: 'Visibility', options: optionsOf(visibilityLabels) },
          { name: 'source', label: 'Source', options: sources },
          {
            name: 'assignee',
            label: 'Assignee',
            options: [
              { value: user.id, label: 'Me' },
              { value: 'null', label: 'Nobody' },
            ],
          },
        ]}
        sort="-firstSeenAt"
        empty={
          <EmptyState icon={ShieldCheckIcon} title={state === 'open' ? 'No open leak reports' : 'No leak reports'}>
            <span className="prose">
              Leaked tokens reported by GitHub, GitLab, your scanners or anyone who finds one appear here.{' '}
              <Anchor component={Link} to={`/${account.id}/github-secret-scanning`}>
                Set up GitHub secret scanning
              </Anchor>
            </span>
          </EmptyState>
        }
      />
    </Page>
  )
}

const visibilityText = { public: 'Public location', private: 'Private location', unknown: 'Unknown visibility' }

const columns = (account: string): readonly Column<Leak>[] => [
  {
    name: 'Location',
    sort: 'repository',
    cell: (leak) => (
      <>
        <Anchor component={Link} to={`/${account}/leak-reports/${leak.id}`} fw={600} className="break">
          {locationText(leak)}
        </Anchor>
        <Text size="sm" c="dimmed">
          {visibilityText[leak.locationKind ?? 'unknown']}
        </Text>
      </>
    ),
  },
  {
    name: 'Token',
    cell: (leak) => (
      <>
        <Text className="break">
          {titleOf({ name: leak.tokenName ?? null })} <LastSix of={leak.tokenLastCharacters} />
        </Text>
        <OwnerLink type={leak.ownerType} id={leak.ownerId} email={leak.ownerEmail} />
      </>
    ),
  },
  { name: 'Reported by', sort: 'source', cell: ({ source }) => sourceName(source) },
  { name: 'First reported', sort: 'firstSeenAt', cell: ({ firstSeenAt }) => <Time at={firstSeenAt} /> },
  { name: 'Assignee', cell: ({ assigneeEmail }) => <span className="break">{assigneeEmail ?? 'Nobody'}</span> },
  {
    name: 'Status',
    cell: ({ tokenState, actionTaken, activitySince, resolution }) => (
      <>
        <LeakState of={tokenState} /> <Resolution of={resolution} />
        <Text size="sm" c="dimmed">
          {actionTaken && actionTakenLabels[actionTaken]}
        </Text>
        {activitySince?.some(({ isNew }) => isNew) && <Badge color="red">New network</Badge>}
      </>
    ),
  },
]
