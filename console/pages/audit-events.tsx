/** The audit log of the account, newest first. */

import { Text } from '@mantine/core'
import { auditEvents } from '@mintmark/contract'
import { LogIcon, SearchIcon } from '@primer/octicons-react'
import { EventFilters, eventFiltersFrom, filterNames } from '../audit/event-filters.tsx'
import { EventNames } from '../audit/event-names.tsx'
import { clientOf, type Event, EventSentence } from '../audit/event-text.tsx'
import { knownActions } from '../audit/sentences.ts'
import { DownloadButton } from '../parts/download.tsx'
import { lazyComponent } from '../parts/lazy-component.tsx'
import { filtersFrom, Listing } from '../parts/listing.tsx'
import { Page } from '../parts/page.tsx'
import type { Column } from '../parts/records.tsx'
import { EmptyState } from '../parts/states.tsx'
import { Time } from '../parts/time.tsx'
import { useUrlQuery } from '../parts/url-query.ts'
import { useAccount } from '../session/account.ts'
import { useDenialReason } from '../session/rights.ts'
import { LastSix } from '../tokens/token-text.tsx'

const EventDrawer = lazyComponent(async () => (await import('../audit/event-drawer.tsx')).EventDrawer)

export function AuditEvents() {
  const account = useAccount()
  const [address, change] = useUrlQuery()
  const filters = eventFiltersFrom(address)
  const isNarrowed = filterNames.some((name) => address[name])
  const listFilters = [
    {
      name: 'action',
      label: 'Action',
      options: actionsWith(address['action']).map((value) => ({ value, label: value })),
    },
    { name: 'actorType', label: 'Actor', options: actorTypes },
  ]
  const clear = () => change(Object.fromEntries([...filterNames, 'page'].map((name) => [name, undefined])))
  return (
    <Page
      title="Audit events"
      about="Every change and denied request in the account. Each event is sealed together with the one before it, so tampering is detectable."
      actions={<Downloads filters={{ account: account.id, ...filtersFrom(listFilters, address), ...filters }} />}
    >
      <Listing
        label="Audit events"
        of={auditEvents}
        operation="list"
        request={{ filters: { account: account.id, ...filters } }}
        columns={columns((event) => change({ event }))}
        search="Search IDs and actions"
        filters={listFilters}
        sort="-at"
        toolbar={<EventFilters address={address} change={change} />}
        wrapTable={(rows, table) => <EventNames of={rows}>{table}</EventNames>}
        empty={
          isNarrowed ? (
            <EmptyState icon={SearchIcon} title="No results">
              <button type="button" className="link" onClick={clear}>
                Clear filters
              </button>
            </EmptyState>
          ) : (
            <EmptyState icon={LogIcon} title="No events yet">
              Events appear here as they happen.
            </EmptyState>
          )
        }
      />
      <EventDrawer id={address['event']} onClose={() => change({ event: undefined })} />
    </Page>
  )
}

const actorTypes = [
  { value: 'users', label: 'Users' },
  { value: 'service-accounts', label: 'Service accounts' },
  { value: 'agent-pools', label: 'Agent pools' },
  { value: 'system', label: 'System' },
]

const formats = [
  ['csv', 'Download CSV'],
  ['jsonl', 'Download JSON lines'],
] as const

/** Files with all events that the filters select, in the order of time. */
function Downloads({ filters }: { filters: Readonly<Record<string, string>> }) {
  const account = useAccount()
  const denialReason = useDenialReason()
  const [address] = useUrlQuery()
  return formats.map(([format, label]) => (
    <DownloadButton
      key={format}
      label={label}
      file={`audit-events.${format}`}
      path="/audit-events"
      format={format}
      filters={filters}
      search={address['q']}
      disabledReason={denialReason('audit-events:read', { account: account.id })}
    />
  ))
}

/** The URL can contain an action that is newer than this console. */
const actionsWith = (chosen: string | undefined): readonly string[] =>
  chosen && !knownActions.includes(chosen) ? [...knownActions, chosen] : knownActions

const columns = (show: (id: string) => void): readonly Column<Event>[] => [
  {
    name: 'Event',
    cell: (event) => (
      <button type="button" className="row-button" onClick={() => show(event.id)}>
        <EventSentence of={event} />
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
    cell: ({ tokenLastCharacters, actorType }) =>
      tokenLastCharacters ? <LastSix of={tokenLastCharacters} /> : <span className="quiet">{clientOf(actorType)}</span>,
  },
  { name: 'IP address', cell: ({ address }) => address && <span className="mono">{address}</span> },
  { name: 'Time', sort: 'at', cell: ({ at }) => <Time at={at} /> },
]
