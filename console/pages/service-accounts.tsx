/** All service accounts, with the use of their tokens and their roles. */
import { serviceAccounts } from '@mintmark/contract'
import { HubotIcon, PlusIcon } from '@primer/octicons-react'
import { useNavigate } from '@tanstack/react-router'
import { useRef, useState } from 'react'
import { ownerFields, RecordFilters, recordFiltersFrom } from '../access/record-filters.tsx'
import { ActionButton } from '../parts/action-button.tsx'
import { Listing } from '../parts/listing.tsx'
import { Page } from '../parts/page.tsx'
import { EmptyState } from '../parts/states.tsx'
import { useUrlQuery } from '../parts/url-query.ts'
import { type ServiceAccount, serviceAccountColumns, WithUsage } from '../service-accounts/columns.tsx'
import { ServiceAccountSelection } from '../service-accounts/selection.tsx'
import { useAccount } from '../session/account.ts'
import { useDenialReason } from '../session/rights.ts'

export function ServiceAccounts() {
  const account = useAccount()
  const navigate = useNavigate()
  const denialReason = useDenialReason()
  const [address, change] = useUrlQuery()
  const [ids, setIds] = useState<ReadonlySet<string>>(new Set())
  /** All rows loaded so far, for those that are selected on other pages. */
  const seen = useRef(new Map<string, ServiceAccount>())
  const owner = recordFiltersFrom(ownerFields, address)
  return (
    <Page
      title="Service accounts"
      about="Identities for jobs and integrations. They have their own tokens and keep working when people leave."
      actions={
        <ActionButton
          leftSection={<PlusIcon />}
          onClick={() => void navigate({ to: `/${account.id}/iam/service-accounts/new` })}
          disabledReason={denialReason('service-accounts:create', { account: account.id })}
        >
          Create service account
        </ActionButton>
      }
    >
      <Listing
        label="Service accounts"
        of={serviceAccounts}
        operation="list"
        request={{ filters: { account: account.id, ...owner }, include: ['owners'] }}
        toolbar={<RecordFilters fields={ownerFields} address={address} change={change} />}
        columns={serviceAccountColumns}
        wrapTable={(rows, table) => {
          for (const row of rows) seen.current.set(row.id, row)
          return <WithUsage rows={rows}>{table}</WithUsage>
        }}
        search="Search service accounts"
        filters={filters}
        sort="name"
        nameOf={({ name }) => name ?? ''}
        selection={{ ids, change: setIds }}
        renderSelection={({ records }) => (
          <ServiceAccountSelection
            listed={records}
            selected={[...ids].flatMap((id) => seen.current.get(id) ?? [])}
            onChange={(rows) => setIds(new Set(rows.map(({ id }) => id)))}
          />
        )}
        empty={
          Object.keys(owner).length > 0 ? (
            <EmptyState icon={HubotIcon} title="No results" />
          ) : (
            <EmptyState icon={HubotIcon} title="No service accounts yet">
              Create one service account per job or integration, with only the access it needs.
            </EmptyState>
          )
        }
      />
    </Page>
  )
}

const filters = [
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
]
