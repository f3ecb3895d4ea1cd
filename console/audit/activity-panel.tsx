/** Audit events of a resource: changes to it and, if it can act, its own actions. Newest first. */
import { SegmentedControl } from '@mantine/core'
import { auditEvents } from '@mintmark/contract'
import { LogIcon } from '@primer/octicons-react'
import { useState } from 'react'
import { Listing } from '../parts/listing.tsx'
import type { Column } from '../parts/records.tsx'
import { EmptyState } from '../parts/states.tsx'
import { Time } from '../parts/time.tsx'
import { EventNames } from './event-names.tsx'
import { Changes, type Event, EventSentence } from './event-text.tsx'

interface ActivityPanel {
  readonly of: string
  /** The filter for actions of the resource, if it can act. */
  readonly actorFilter?: 'actorId' | 'tokenId'
}

export function ActivityPanel({ of, actorFilter }: ActivityPanel) {
  const [side, setSide] = useState<'by' | 'to'>('to')
  const filters = side === 'by' && actorFilter ? { [actorFilter]: of } : { about: of }
  return (
    <>
      {actorFilter && (
        <SegmentedControl
          size="xs"
          style={{ alignSelf: 'flex-start' }}
          aria-label="Activity type"
          value={side}
          onChange={(value) => setSide(value as 'by' | 'to')}
          data={[
            { value: 'to', label: 'Changes' },
            { value: 'by', label: 'Actions' },
          ]}
        />
      )}
      <Listing
        key={side}
        label="Activity"
        of={auditEvents}
        operation="list"
        request={{ filters }}
        columns={columns}
        sort="-at"
        wrapTable={(rows, table) => <EventNames of={rows}>{table}</EventNames>}
        empty={
          <EmptyState icon={LogIcon} title="No activity yet">
            Events appear here as they happen.
          </EmptyState>
        }
      />
    </>
  )
}

const columns: readonly Column<Event>[] = [
  { name: 'Event', cell: (event) => <EventSentence of={event} isLinked /> },
  { name: 'Details', cell: (event) => <Changes of={event} /> },
  { name: 'IP address', cell: ({ address }) => <span className="mono">{address}</span> },
  { name: 'Time', sort: 'at', cell: ({ at }) => <Time at={at} /> },
]
