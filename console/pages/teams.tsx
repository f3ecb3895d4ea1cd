import { useDisclosure } from '@mantine/hooks'
import type { Found } from '@mintmark/client'
import { teams } from '@mintmark/contract'
import { PeopleIcon, PlusIcon } from '@primer/octicons-react'
import { useNavigate } from '@tanstack/react-router'
import { NameCell } from '../access/name-cell.tsx'
import { ActionButton } from '../parts/action-button.tsx'
import { lazyComponent } from '../parts/lazy-component.tsx'
import { Listing } from '../parts/listing.tsx'
import { Page } from '../parts/page.tsx'
import type { Column } from '../parts/records.tsx'
import { EmptyState } from '../parts/states.tsx'
import { formatCount } from '../parts/time.tsx'
import { useAccount } from '../session/account.ts'
import { useDenialReason } from '../session/rights.ts'

const TeamDialog = lazyComponent(async () => (await import('../access/team-dialog.tsx')).TeamDialog)

type Team = Found<typeof teams>

export function Teams() {
  const account = useAccount()
  const denialReason = useDenialReason()
  const navigate = useNavigate()
  const [isCreating, creating] = useDisclosure(false)
  return (
    <Page
      title="Teams"
      about="Groups of users who share access and own service accounts."
      actions={
        <ActionButton
          leftSection={<PlusIcon />}
          onClick={creating.open}
          disabledReason={denialReason('teams:create', { account: account.id })}
        >
          Create team
        </ActionButton>
      }
    >
      <Listing
        label="Teams"
        of={teams}
        operation="list"
        request={{ filters: { account: account.id } }}
        columns={columns}
        search="Search teams"
        sort="name"
        empty={
          <EmptyState icon={PeopleIcon} title="No teams yet">
            Grant access to a team once instead of to each user.
          </EmptyState>
        }
      />
      <TeamDialog
        opened={isCreating}
        team={null}
        onClose={creating.close}
        onDone={({ id }) => void navigate({ to: `/${account.id}/iam/teams/${id}` })}
      />
    </Page>
  )
}

const columns: readonly Column<Team>[] = [
  {
    name: 'Name',
    sort: 'name',
    cell: ({ id, name, description, accountId }) => (
      <NameCell name={name} description={description} to={`/${accountId}/iam/teams/${id}`} />
    ),
  },
  { name: 'Members', cell: ({ users }) => formatCount(users?.length ?? 0, 'user') },
]
