import { Anchor, Text } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import type { Found } from '@mintmark/client'
import { teams } from '@mintmark/contract'
import { PeopleIcon, PlusIcon } from '@primer/octicons-react'
import { Link, useNavigate } from '@tanstack/react-router'
import { ActionButton } from '../parts/action-button.tsx'
import { fetched } from '../parts/fetched.tsx'
import { Listing } from '../parts/listing.tsx'
import { Page } from '../parts/page.tsx'
import type { Column } from '../parts/records.tsx'
import { Nothing } from '../parts/states.tsx'
import { counted } from '../parts/time.tsx'
import { useAccount } from '../session/account.ts'
import { useWhyNot } from '../session/rights.ts'

const TeamForm = fetched(async () => (await import('../access/team-form.tsx')).TeamForm)

type Team = Found<typeof teams>

export function Teams() {
  const account = useAccount()
  const whyNot = useWhyNot()
  const navigate = useNavigate()
  const [isCreating, creating] = useDisclosure(false)
  return (
    <Page
      title="Teams"
      about="People who share access, and who answer for service accounts."
      acts={
        <ActionButton
          leftSection={<PlusIcon />}
          onClick={creating.open}
          why={whyNot('teams:create', { account: account.id })}
        >
          Create team
        </ActionButton>
      }
    >
      <Listing
        label="Teams"
        of={teams}
        operation="list"
        asked={{ filters: { account: account.id } }}
        columns={columns}
        search="Search teams"
        sort="name"
        empty={
          <Nothing icon={PeopleIcon} title="No teams yet">
            Give access to a team once rather than to each person.
          </Nothing>
        }
      />
      <TeamForm
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
      <>
        <Anchor component={Link} to={`/${accountId}/iam/teams/${id}`} fw={600} className="break">
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
  { name: 'Members', cell: ({ users }) => counted(users?.length ?? 0, 'person', 'people') },
]
