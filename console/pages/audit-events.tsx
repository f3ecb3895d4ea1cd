/** Everything that was done in the account, newest first, sealed against being changed. */

import { Text } from '@mantine/core'
import { auditEvents } from '@mintmark/contract'
import { LogIcon, SearchIcon } from '@primer/octicons-react'
import { Actors } from '../audit/actors.tsx'
import { EventFilters, filterNames, filtersIn } from '../audit/event-filters.tsx'
import { Deed, type Event } from '../audit/event-text.tsx'
import { knownActions } from '../audit/sentences.ts'
import { useAddress } from '../parts/address.ts'
import { fetched } from '../parts/fetched.tsx'
import { Listing } from '../parts/listing.tsx'
import { Page } from '../parts/page.tsx'
import type { Column } from '../parts/records.tsx'
import { Nothing } from '../parts/states.tsx'
import { Time } from '../parts/time.tsx'
import { useAccount } from '../session/account.ts'
import { LastSix } from '../tokens/token-text.tsx'

const EventDrawer = fetched(async () => (await import('../audit/event-drawer.tsx')).EventDrawer)

export function AuditEvents() {
  const account = useAccount()
  const [address, change] = useAddress()
  const filters = filtersIn(address)
  const isNarrowed = filterNames.some((name) => address[name])
  const clear = () => change(Object.fromEntries([...filterNames, 'page'].map((name) => [name, undefined])))
  return (
    <Page
      title="Audit events"
      about="Every deed and every refusal, from the moment it happened. Each is sealed together with the one before it."
    >
      <Listing
        label="Audit events"
        of={auditEvents}
        operation="list"
        asked={{ filters: { account: account.id, ...filters } }}
        columns={columns((event) => change({ event }))}
        search="Search ids and actions"
        choices={[
          {
            name: 'action',
            label: 'Any action',
            options: actionsWith(address.action).map((value) => ({ value, label: value })),
          },
          {
            name: 'actorType',
            label: 'Done by anybody',
            options: [
              { value: 'users', label: 'People' },
              { value: 'service-accounts', label: 'Service accounts' },
              { value: 'agent-pools', label: 'Agent pools' },
              { value: 'system', label: 'Mintmark itself' },
            ],
          },
        ]}
        sort="-at"
        bar={<EventFilters address={address} change={change} />}
        around={(rows, table) => <Actors of={rows}>{table}</Actors>}
        empty={
          isNarrowed ? (
            <Nothing icon={SearchIcon} title="Nothing matches">
              <button type="button" className="link" onClick={clear}>
                Clear the filters
              </button>
            </Nothing>
          ) : (
            <Nothing icon={LogIcon} title="Nothing yet">
              Every deed stands here from the moment it is done.
            </Nothing>
          )
        }
      />
      <EventDrawer id={address.event} onClose={() => change({ event: undefined })} />
    </Page>
  )
}

/** One that is newer than this console can stand in the address. */
const actionsWith = (chosen: string | undefined): readonly string[] =>
  chosen && !knownActions.includes(chosen) ? [...knownActions, chosen] : knownActions

const columns = (show: (id: string) => void): readonly Column<Event>[] => [
  {
    name: 'What',
    cell: (event) => (
      <button type="button" className="row-button" onClick={() => show(event.id)}>
        <Deed of={event} />
      </button>
    ),
  },
  {
    name: 'Action',
    sort: 'action',
    cell: ({ action }) => (
      <Text size="sm" c="dimmed" className="mono break">
        {action}
      </Text>
    ),
  },
  {
    name: 'Token',
    cell: ({ tokenLastCharacters }) =>
      tokenLastCharacters ? <LastSix of={tokenLastCharacters} /> : <span className="quiet">none</span>,
  },
  { name: 'From', cell: ({ address }) => address && <span className="mono">{address}</span> },
  { name: 'When', sort: 'at', cell: ({ at }) => <Time at={at} /> },
]
