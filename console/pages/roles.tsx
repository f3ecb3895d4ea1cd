import { Badge } from '@mantine/core'
import type { Found } from '@mintmark/client'
import { roles } from '@mintmark/contract'
import { IdBadgeIcon, PlusIcon } from '@primer/octicons-react'
import { useNavigate } from '@tanstack/react-router'
import { NameCell } from '../access/name-cell.tsx'
import { PermissionList } from '../access/permission-text.tsx'
import { ActionButton } from '../parts/action-button.tsx'
import { Listing } from '../parts/listing.tsx'
import { Page } from '../parts/page.tsx'
import type { Column } from '../parts/records.tsx'
import { EmptyState } from '../parts/states.tsx'
import { useAccount } from '../session/account.ts'
import { useDenialReason } from '../session/rights.ts'

type Role = Found<typeof roles>

export function Roles() {
  const account = useAccount()
  const denialReason = useDenialReason()
  const navigate = useNavigate()
  return (
    <Page
      title="Roles"
      about="Roles are named sets of permissions. Access policies grant them to users, teams and service accounts."
      actions={
        <ActionButton
          leftSection={<PlusIcon />}
          onClick={() => void navigate({ to: `/${account.id}/iam/roles/new` })}
          disabledReason={denialReason('roles:create', { account: account.id })}
        >
          Create role
        </ActionButton>
      }
    >
      <Listing
        label="Roles"
        of={roles}
        operation="list"
        request={{ filters: { account: `in:null,${account.id}` } }}
        columns={columns(account.id)}
        search="Search roles"
        sort="name"
        empty={<EmptyState icon={IdBadgeIcon} title="No roles" />}
      />
    </Page>
  )
}

const columns = (account: string): readonly Column<Role>[] => [
  {
    name: 'Name',
    sort: 'name',
    cell: ({ id, name, description, isSystem }) => (
      <NameCell
        name={name}
        description={description}
        to={`/${account}/iam/roles/${id}`}
        badge={isSystem && <Badge color="gray">System</Badge>}
      />
    ),
  },
  { name: 'Permissions', cell: ({ permissions }) => <PermissionList of={permissions ?? []} /> },
]
