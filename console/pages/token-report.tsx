/** Every token of people and service accounts: whose, since when, until when, last used. */
import { Badge, Button, Group, Text } from '@mantine/core'
import type { Found } from '@mintmark/client'
import { accessTokenUsages, basePath, kebab } from '@mintmark/contract'
import { DownloadIcon, KeyIcon, TrashIcon } from '@primer/octicons-react'
import { useRef, useState } from 'react'
import { ActionIconButton } from '../parts/action-button.tsx'
import { useAddress } from '../parts/address.ts'
import { saveFile } from '../parts/download.ts'
import { Listing } from '../parts/listing.tsx'
import { Page } from '../parts/page.tsx'
import type { Column } from '../parts/records.tsx'
import { useSave } from '../parts/saving.ts'
import { Nothing, Refusal } from '../parts/states.tsx'
import { Time } from '../parts/time.tsx'
import { text } from '../server.ts'
import { useAccount } from '../session/account.ts'
import { useWhyNot } from '../session/rights.ts'
import { OwnerLink } from '../tokens/owner-link.tsx'
import { RevokeTokens } from '../tokens/revoke-tokens.tsx'
import { SelectionBar } from '../tokens/selection-bar.tsx'
import { Expiry, LastSix, nameOf, titleOf } from '../tokens/token-text.tsx'

type Row = Found<typeof accessTokenUsages>

const choices = [
  {
    name: 'ownerType',
    label: 'Any owner',
    options: [
      { value: 'user', label: 'People' },
      { value: 'service-account', label: 'Service accounts' },
    ],
  },
  {
    name: 'ownerStatus',
    label: 'Any owner status',
    options: ['Active', 'Inactive', 'Pending'].map((value) => ({ value, label: `Owner ${value.toLowerCase()}` })),
  },
  {
    name: 'isExpired',
    label: 'Any state',
    options: [
      { value: 'false', label: 'Live' },
      { value: 'true', label: 'Expired' },
    ],
  },
]
const firstSort = 'lastUsedAt'

export function TokenReport() {
  const account = useAccount()
  const whyNot = useWhyNot()
  const [ids, setIds] = useState<ReadonlySet<string>>(new Set())
  const [ending, setEnding] = useState<readonly Row[] | null>(null)
  /** The rows that were ever found, so that those selected on another page can be named. */
  const seen = useRef(new Map<string, Row>())
  const keep = (rows: readonly Row[]) => {
    for (const row of rows) seen.current.set(row.id, row)
  }
  const why = (row: Row) => whyNotEnd(row, (permission) => whyNot(permission, { account: account.id }))
  const selected = [...ids].flatMap((id) => seen.current.get(id) ?? [])
  const whyNone = selected.map(why).find((each) => each !== null) ?? null

  return (
    <Page
      title="Token report"
      about="Every token of people and service accounts. What nobody uses should not be there: sort by last used."
      acts={<Download />}
    >
      <Listing
        label="Token report"
        of={accessTokenUsages}
        operation="list"
        asked={{ filters: { account: account.id } }}
        columns={columns}
        acts={(row) => (
          <ActionIconButton name={`Delete ${nameOf(row)}`} color="red" why={why(row)} onClick={() => setEnding([row])}>
            <TrashIcon />
          </ActionIconButton>
        )}
        search="Search tokens and owners"
        choices={choices}
        sort={firstSort}
        picked={{ ids, change: setIds }}
        nameOf={nameOf}
        around={(rows, table) => {
          keep(rows)
          return table
        }}
        selection={(shown) => (
          <SelectionBar
            shown={shown}
            ids={ids}
            why={whyNone}
            onSelect={(rows) => {
              keep(rows)
              setIds((before) => new Set([...before, ...rows.map(({ id }) => id)]))
            }}
            onClear={() => setIds(new Set())}
            onDelete={() => setEnding(selected)}
          />
        )}
        empty={
          <Nothing icon={KeyIcon} title="No tokens yet">
            As soon as somebody generates a token, it stands here.
          </Nothing>
        }
      />
      <RevokeTokens
        of={ending}
        onDone={(left) => setIds((before) => afterEnding(before, ending ?? [], left))}
        onClose={() => setEnding(null)}
      />
    </Page>
  )
}

/** What was deleted is selected no more; what failed stays or becomes selected. */
function afterEnding(before: ReadonlySet<string>, tried: readonly Row[], left: ReadonlySet<string>): Set<string> {
  const next = new Set(before)
  for (const { id } of tried)
    if (left.has(id)) next.add(id)
    else next.delete(id)
  return next
}

const whyNotEnd = ({ ownerType }: Row, whyNot: (permission: string) => string | null) =>
  whyNot(ownerType === 'service-account' ? 'service-accounts:update' : 'access-tokens:delete')

function Download() {
  const account = useAccount()
  const [address] = useAddress()
  const save = useSave()
  const run = () =>
    save.run(async () => {
      const query = new URLSearchParams({
        format: 'csv',
        'filter[account]': account.id,
        sort: kebab(address.sort ?? firstSort),
      })
      for (const { name } of choices) if (address[name]) query.set(`filter[${kebab(name)}]`, address[name])
      if (address.q) query.set('query', address.q)
      const csv = await text(`${basePath}/reports/access-tokens?${query}`)
      saveFile('access-tokens.csv', 'text/csv;charset=utf-8', csv)
    })
  return (
    <>
      <Button variant="default" leftSection={<DownloadIcon />} onClick={() => void run()} loading={save.busy}>
        Download CSV
      </Button>
      <Refusal text={save.rest()} />
    </>
  )
}

const columns: readonly Column<Row>[] = [
  {
    name: 'Token',
    sort: 'name',
    cell: (row) => (
      <>
        <Text fw={600} className="break">
          {titleOf(row)} <LastSix of={row.lastCharacters} />
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
            {ownerType === 'user' ? 'Person' : 'Service account'}
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
