/** All tokens of users and service accounts, with owner, expiration and last use. */
import { Badge, Group, Text } from '@mantine/core'
import type { Found } from '@mintmark/client'
import { accessTokenUsages } from '@mintmark/contract'
import { KeyIcon, TrashIcon } from '@primer/octicons-react'
import { useRef, useState } from 'react'
import { ActionIconButton } from '../parts/action-button.tsx'
import { DownloadButton } from '../parts/download.tsx'
import { filtersFrom, Listing } from '../parts/listing.tsx'
import { Page } from '../parts/page.tsx'
import type { Column } from '../parts/records.tsx'
import { EmptyState } from '../parts/states.tsx'
import { Time } from '../parts/time.tsx'
import { useUrlQuery } from '../parts/url-query.ts'
import { useAccount } from '../session/account.ts'
import { useDenialReason } from '../session/rights.ts'
import { OwnerLink } from '../tokens/owner-link.tsx'
import { CreateReplacement, OverPrivilegedNote } from '../tokens/report/over-privileged.tsx'
import { DayChip, dayFilters, reportFilters } from '../tokens/report/report-filters.tsx'
import { ReportTabs } from '../tokens/report/report-tabs.tsx'
import { RevokeTokens } from '../tokens/revoke-tokens.tsx'
import { SelectionBar } from '../tokens/selection-bar.tsx'
import { Expiry, LinkedToken, nameOf } from '../tokens/token-text.tsx'

type Row = Found<typeof accessTokenUsages>

const firstSort = 'lastUsedAt'

const empty = (
  <EmptyState icon={KeyIcon} title="No tokens yet">
    Tokens appear here when users or service accounts create them.
  </EmptyState>
)

export function TokenReport() {
  const account = useAccount()
  const denialReason = useDenialReason()
  const [address] = useUrlQuery()
  const [ids, setIds] = useState<ReadonlySet<string>>(new Set())
  const [revoking, setRevoking] = useState<readonly Row[] | null>(null)
  /** All rows loaded so far, to name tokens that are selected on other pages. */
  const seen = useRef(new Map<string, Row>())
  const keep = (rows: readonly Row[]) => {
    for (const row of rows) seen.current.set(row.id, row)
  }
  const disabledReasonOf = (row: Row) =>
    revokeDisabledReason(row, (permission) => denialReason(permission, { account: account.id }))
  const selected = [...ids].flatMap((id) => seen.current.get(id) ?? [])
  const selectionDisabledReason = selected.map(disabledReasonOf).find((each) => each !== null) ?? null

  return (
    <Page
      title="Token report"
      about="All tokens of users and service accounts. Longest unused first."
      actions={<Download />}
    >
      <ReportTabs />
      <Listing
        label="Token report"
        of={accessTokenUsages}
        operation="list"
        request={{ filters: { account: account.id, ...dayFilters(address) } }}
        toolbar={toolbar}
        columns={columns}
        actions={(row) => (
          <RowActions of={row} revokeDisabledReason={disabledReasonOf(row)} onRevoke={() => setRevoking([row])} />
        )}
        search="Search tokens and owners"
        filters={reportFilters}
        sort={firstSort}
        selection={{ ids, change: setIds }}
        nameOf={nameOf}
        wrapTable={(rows, table) => {
          keep(rows)
          return table
        }}
        renderSelection={(listed) => (
          <SelectionBar
            listed={listed}
            ids={ids}
            disabledReason={selectionDisabledReason}
            onSelect={(rows) => {
              keep(rows)
              setIds((before) => new Set([...before, ...rows.map(({ id }) => id)]))
            }}
            onClear={() => setIds(new Set())}
            onDelete={() => setRevoking(selected)}
          />
        )}
        empty={empty}
      />
      <RevokeTokens
        of={revoking}
        onDone={(left) => setIds((before) => selectionAfterRevoking(before, revoking ?? [], left))}
        onClose={() => setRevoking(null)}
      />
    </Page>
  )
}

const toolbar = (
  <>
    <OverPrivilegedNote />
    <DayChip />
  </>
)

interface RowActions {
  readonly of: Row
  readonly revokeDisabledReason: string | null
  readonly onRevoke: () => void
}

const RowActions = ({ of, revokeDisabledReason, onRevoke }: RowActions) => (
  <>
    <CreateReplacement of={of} />
    <ActionIconButton
      name={`Revoke ${nameOf(of)}`}
      color="red"
      disabledReason={revokeDisabledReason}
      onClick={onRevoke}
    >
      <TrashIcon />
    </ActionIconButton>
  </>
)

/** Deselects revoked tokens and selects those that failed. */
function selectionAfterRevoking(
  before: ReadonlySet<string>,
  tried: readonly Row[],
  left: ReadonlySet<string>,
): Set<string> {
  const next = new Set(before)
  for (const { id } of tried)
    if (left.has(id)) next.add(id)
    else next.delete(id)
  return next
}

const revokeDisabledReason = ({ ownerType }: Row, denialReason: (permission: string) => string | null) =>
  denialReason(ownerType === 'service-account' ? 'service-accounts:update' : 'access-tokens:delete')

function Download() {
  const account = useAccount()
  const denialReason = useDenialReason()
  const [address] = useUrlQuery()
  return (
    <DownloadButton
      label="Download CSV"
      file="access-tokens.csv"
      path="/reports/access-tokens"
      format="csv"
      filters={{ account: account.id, ...filtersFrom(reportFilters, address), ...dayFilters(address) }}
      search={address['q']}
      sort={address['sort'] ?? firstSort}
      disabledReason={denialReason('access-tokens:read', { account: account.id })}
    />
  )
}

const columns: readonly Column<Row>[] = [
  {
    name: 'Token',
    sort: 'name',
    cell: (row) => (
      <>
        <Text fw={600} component="div">
          <LinkedToken {...row} />
        </Text>
        {row.description && (
          <Text size="sm" c="dimmed" className="break">
            {row.description}
          </Text>
        )}
      </>
    ),
  },
  {
    name: 'Owner',
    sort: 'ownerEmail',
    cell: ({ ownerType, ownerId, ownerEmail, ownerStatus }) => (
      <>
        <OwnerLink type={ownerType} id={ownerId} email={ownerEmail} />
        <Group gap={6}>
          <Text size="sm" c="dimmed">
            {ownerType === 'user' ? 'User' : 'Service account'}
          </Text>
          {ownerStatus !== 'Active' && (
            <Badge color={ownerStatus === 'Pending' ? 'yellow' : 'gray'}>{ownerStatus}</Badge>
          )}
        </Group>
      </>
    ),
  },
  { name: 'Created', sort: 'createdAt', cell: ({ createdAt }) => <Time at={createdAt} /> },
  { name: 'Expires', sort: 'expiresAt', cell: ({ expiresAt }) => <Expiry at={expiresAt} /> },
  { name: 'Last used', sort: 'lastUsedAt', cell: ({ lastUsedAt }) => <Time at={lastUsedAt} /> },
]
