/** Tokens that were found where they should not be. */
import { Anchor, Badge, Button, Text } from '@mantine/core'
import { leakReports } from '@mintmark/contract'
import { ShieldCheckIcon, WebhookIcon } from '@primer/octicons-react'
import { Link } from '@tanstack/react-router'
import { answered, type Leak, LeakState, locationKinds, placeOf, sourceName, sources } from '../leaks/leak-text.tsx'
import { Listing } from '../parts/listing.tsx'
import { Page } from '../parts/page.tsx'
import type { Column } from '../parts/records.tsx'
import { Nothing } from '../parts/states.tsx'
import { Time } from '../parts/time.tsx'
import { useAccount } from '../session/account.ts'
import { OwnerLink } from '../tokens/owner-link.tsx'
import { LastSix, titleOf } from '../tokens/token-text.tsx'

const optionsOf = (words: Readonly<Record<string, string>>) =>
  Object.entries(words).map(([value, label]) => ({ value, label }))

export function LeakReports() {
  const account = useAccount()
  return (
    <Page
      title="Leak reports"
      about="Tokens that were found where they should not be: by whom, where, and what became of them."
      acts={
        <Button
          component={Link}
          to={`/${account.id}/leak-reports/webhooks`}
          variant="default"
          leftSection={<WebhookIcon />}
        >
          Notify by webhook
        </Button>
      }
    >
      <Listing
        label="Leak reports"
        of={leakReports}
        operation="list"
        asked={{ filters: { account: account.id } }}
        columns={columns(account.id)}
        search="Search places, tokens, owners"
        choices={[
          { name: 'answer', label: 'Any answer', options: optionsOf(answered) },
          { name: 'locationKind', label: 'Any place', options: optionsOf(locationKinds) },
          { name: 'source', label: 'Any source', options: sources },
        ]}
        sort="-firstSeenAt"
        empty={
          <Nothing icon={ShieldCheckIcon} title="No token was found">
            <span className="prose">
              Whoever finds one can report it.{' '}
              <Anchor component={Link} to={`/${account.id}/github-secret-scanning`}>
                Have GitHub look for yours
              </Anchor>
            </span>
          </Nothing>
        }
      />
    </Page>
  )
}

const who = { public: 'Anybody can look there', private: 'Few can look there', unknown: 'Unknown who can look there' }

const columns = (account: string): readonly Column<Leak>[] => [
  {
    name: 'Found in',
    sort: 'repository',
    cell: (leak) => (
      <>
        <Anchor component={Link} to={`/${account}/leak-reports/${leak.id}`} fw={600} className="break">
          {placeOf(leak)}
        </Anchor>
        <Text size="sm" c="dimmed">
          {who[leak.locationKind ?? 'unknown']}
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
  { name: 'Found by', sort: 'source', cell: ({ source }) => sourceName(source) },
  { name: 'First seen', sort: 'firstSeenAt', cell: ({ firstSeenAt }) => <Time at={firstSeenAt} /> },
  {
    name: 'State',
    cell: ({ tokenState, answer, activitySince }) => (
      <>
        <LeakState of={tokenState} />
        <Text size="sm" c="dimmed">
          {answer && answered[answer]}
        </Text>
        {activitySince?.some(({ isNew }) => isNew) && <Badge color="red">New network</Badge>}
      </>
    ),
  },
]
