import { Anchor, Badge, Group, Text } from '@mantine/core'
import type { Found } from '@mintmark/client'
import { accessPolicies, serviceAccounts, teams } from '@mintmark/contract'
import { HubotIcon, PlusIcon } from '@primer/octicons-react'
import { useQuery } from '@tanstack/react-query'
import { Link, useNavigate } from '@tanstack/react-router'
import { createContext, type ReactNode, useContext } from 'react'
import { ActionButton } from '../parts/action-button.tsx'
import { Listing } from '../parts/listing.tsx'
import { Page } from '../parts/page.tsx'
import type { Column } from '../parts/records.tsx'
import { EmptyState } from '../parts/states.tsx'
import { Time } from '../parts/time.tsx'
import { allRecordsQuery, useRecordsById } from '../queries.ts'
import { useAccount } from '../session/account.ts'
import { useDenialReason } from '../session/rights.ts'

type ServiceAccount = Found<typeof serviceAccounts>

/** The IDs of listed service accounts with an access policy; undefined while loading. */
const Granted = createContext<ReadonlySet<string> | undefined>(undefined)

export function ServiceAccounts() {
  const account = useAccount()
  const navigate = useNavigate()
  const denialReason = useDenialReason()
  const create = (
    <ActionButton
      leftSection={<PlusIcon />}
      onClick={() => void navigate({ to: `/${account.id}/iam/service-accounts/new` })}
      disabledReason={denialReason('service-accounts:create', { account: account.id })}
    >
      Create service account
    </ActionButton>
  )
  return (
    <Page
      title="Service accounts"
      about="Identities for jobs and integrations. They have their own tokens and keep working when people leave."
      actions={create}
    >
      <Listing
        label="Service accounts"
        of={serviceAccounts}
        operation="list"
        request={{ filters: { account: account.id }, include: ['owners'] }}
        columns={columns}
        wrapTable={(rows, table) => <WithPolicies rows={rows}>{table}</WithPolicies>}
        search="Search service accounts"
        filters={[
          {
            name: 'status',
            label: 'Status',
            options: ['Active', 'Inactive'].map((value) => ({ value, label: value })),
          },
          {
            name: 'without',
            label: 'Setup',
            options: [
              { value: 'policy', label: 'No access policy', filters: { hasAccessPolicies: 'false' } },
              { value: 'owner', label: 'No owner', filters: { hasOwners: 'false' } },
            ],
          },
        ]}
        sort="name"
        empty={
          <EmptyState icon={HubotIcon} title="No service accounts yet">
            Create one service account per job or integration, with only the access it needs.
          </EmptyState>
        }
      />
    </Page>
  )
}

const columns: readonly Column<ServiceAccount>[] = [
  {
    name: 'Name',
    sort: 'name',
    cell: ({ id, name, description, accountId }) => (
      <>
        <Anchor component={Link} to={`/${accountId}/iam/service-accounts/${id}`} fw={600} className="break">
          {name}
        </Anchor>
        {description && (
          <Text size="sm" c="dimmed" lineClamp={2}>
            {description}
          </Text>
        )}
      </>
    ),
  },
  {
    name: 'Status',
    sort: 'status',
    cell: ({ id, status }) => (
      <Group gap={6}>
        <Badge color={status === 'Active' ? 'mint' : 'gray'}>{status}</Badge>
        <Policies of={id} />
      </Group>
    ),
  },
  { name: 'Owners', cell: ({ owners }) => <Owners ids={owners ?? []} /> },
  { name: 'Created', sort: 'createdAt', cell: ({ createdAt }) => <Time at={createdAt} /> },
]

function WithPolicies({ rows, children }: { rows: readonly ServiceAccount[]; children: ReactNode }) {
  const filters = { serviceAccount: `in:${rows.map(({ id }) => id).join(',')}` }
  const { data } = useQuery(allRecordsQuery(accessPolicies, 'list', { filters }))
  const granted = data && new Set(data.flatMap(({ serviceAccountId }) => (serviceAccountId ? [serviceAccountId] : [])))
  return <Granted value={granted}>{children}</Granted>
}

function Policies({ of }: { of: string }) {
  const granted = useContext(Granted)
  return granted && !granted.has(of) ? <Badge color="yellow">No access policy</Badge> : null
}

function Owners({ ids }: { ids: readonly string[] }) {
  const known = useRecordsById(teams, ids)
  if (ids.length === 0) return <span className="quiet">None</span>
  return <span>{ids.map((id) => known.get(id)?.name ?? id).join(', ')}</span>
}
