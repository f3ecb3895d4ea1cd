/** What one did, and what was done to it, newest first. */
import { SegmentedControl } from '@mantine/core'
import { auditEvents } from '@mintmark/contract'
import { LogIcon } from '@primer/octicons-react'
import { useState } from 'react'
import { Listing } from '../parts/listing.tsx'
import type { Column } from '../parts/records.tsx'
import { Nothing } from '../parts/states.tsx'
import { Time } from '../parts/time.tsx'
import { Actors } from './actors.tsx'
import { Changes, Deed, type Event } from './event-text.tsx'

/** `doer` is what it is called when it acts itself; what never acts has none. */
export function ActivityPanel({ of, doer }: { of: string; doer?: string }) {
  const [side, setSide] = useState<'by' | 'to'>('to')
  const filters = side === 'by' ? { actorId: of } : { subjectId: of }
  return (
    <>
      {doer && (
        <SegmentedControl
          size="xs"
          style={{ alignSelf: 'flex-start' }}
          aria-label="Which activity"
          value={side}
          onChange={(value) => setSide(value as 'by' | 'to')}
          data={[
            { value: 'to', label: `Done to ${doer}` },
            { value: 'by', label: `Done by ${doer}` },
          ]}
        />
      )}
      <Listing
        key={side}
        label="Activity"
        of={auditEvents}
        operation="list"
        asked={{ filters }}
        columns={columns}
        sort="-at"
        around={(rows, table) => <Actors of={rows}>{table}</Actors>}
        empty={
          <Nothing icon={LogIcon} title="Nothing yet">
            Every deed stands here from the moment it is done.
          </Nothing>
        }
      />
    </>
  )
}

const columns: readonly Column<Event>[] = [
  { name: 'What', cell: (event) => <Deed of={event} /> },
  { name: 'Details', cell: (event) => <Changes of={event} /> },
  { name: 'From', cell: ({ address }) => <span className="mono">{address}</span> },
  { name: 'When', sort: 'at', cell: ({ at }) => <Time at={at} /> },
]
