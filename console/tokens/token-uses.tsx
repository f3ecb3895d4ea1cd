/** The networks from which a token was used, and the operations. */
import type { Found } from '@mintmark/client'
import { tokenActivity } from '@mintmark/contract'
import { KeyIcon } from '@primer/octicons-react'
import { Listing } from '../parts/listing.tsx'
import type { Column } from '../parts/records.tsx'
import { EmptyState } from '../parts/states.tsx'
import { Time } from '../parts/time.tsx'
import { DeniedCount } from './denied-count.tsx'

export function TokenUses({ id, isRevoked }: { id: string; isRevoked: boolean }) {
  const shared = {
    label: 'Uses',
    of: tokenActivity,
    columns,
    search: 'Search networks and operations',
    sort: '-lastAt',
    empty: (
      <EmptyState icon={KeyIcon} title="Not used yet">
        Networks and operations appear here a few seconds after the first request.
      </EmptyState>
    ),
  } as const
  return isRevoked ? (
    <Listing {...shared} operation="listOfRevokedAccessToken" request={{ path: { revokedAccessToken: id } }} />
  ) : (
    <Listing {...shared} operation="list" request={{ path: { accessToken: id } }} />
  )
}

const columns: readonly Column<Found<typeof tokenActivity>>[] = [
  { name: 'Network', sort: 'network', cell: ({ network }) => <span className="mono">{network}</span> },
  {
    name: 'Operation',
    sort: 'operation',
    cell: ({ operation }) => <span className="break">{operation?.replaceAll('_', ' ')}</span>,
  },
  { name: 'Allowed', cell: ({ times = 0, denied = 0 }) => (times - denied).toLocaleString('en') },
  { name: 'Denied', cell: ({ denied = 0, rejected = 0 }) => <DeniedCount of={denied + rejected} /> },
  { name: 'First used', sort: 'firstAt', cell: ({ firstAt }) => <Time at={firstAt} /> },
  { name: 'Last used', sort: 'lastAt', cell: ({ lastAt }) => <Time at={lastAt} /> },
]
