import { Anchor, Text } from '@mantine/core'
import type { Found } from '@mintmark/client'
import { users } from '@mintmark/contract'
import { PersonAddIcon, PersonIcon } from '@primer/octicons-react'
import { Link } from '@tanstack/react-router'
import { nameOfPerson, Status, statusColors, TeamNames } from '../access/people.tsx'
import { ActionButton } from '../parts/action-button.tsx'
import { useOpening } from '../parts/address.ts'
import { fetched } from '../parts/fetched.tsx'
import { Listing } from '../parts/listing.tsx'
import { Page } from '../parts/page.tsx'
import type { Column } from '../parts/records.tsx'
import { Nothing } from '../parts/states.tsx'
import { Time } from '../parts/time.tsx'
import { useAccount } from '../session/account.ts'
import { useWhyNot } from '../session/rights.ts'

const InvitePerson = fetched(async () => (await import('../access/invite-person.tsx')).InvitePerson)

type Person = Found<typeof users>

export function Users() {
  const account = useAccount()
  const whyNot = useWhyNot()
  const [isInviting, inviting] = useOpening('invite')
  return (
    <Page
      title="Users"
      about="The people of this account. What they may do comes from their access policies and those of their teams."
      acts={
        <ActionButton
          leftSection={<PersonAddIcon />}
          onClick={inviting.open}
          why={whyNot('users:create', { account: account.id })}
        >
          Invite
        </ActionButton>
      }
    >
      <Listing
        label="Users"
        of={users}
        operation="list"
        asked={{ filters: { account: account.id } }}
        columns={columns(account.id)}
        search="Search users"
        choices={[
          {
            name: 'status',
            label: 'Any status',
            options: Object.keys(statusColors).map((value) => ({ value, label: value })),
          },
        ]}
        sort="email"
        empty={<Nothing icon={PersonIcon} title="Nobody here" />}
      />
      <InvitePerson opened={isInviting} onClose={inviting.close} />
    </Page>
  )
}

const columns = (account: string): readonly Column<Person>[] => [
  {
    name: 'Person',
    sort: 'email',
    cell: (person) => (
      <>
        <Anchor component={Link} to={`/${account}/iam/users/${person.id}`} fw={600} className="break">
          {nameOfPerson(person)}
        </Anchor>
        {person.fullName && (
          <Text size="sm" c="dimmed" className="break">
            {person.email}
          </Text>
        )}
      </>
    ),
  },
  { name: 'Status', sort: 'status', cell: ({ status }) => <Status of={status} /> },
  { name: 'Teams', cell: ({ teams }) => <TeamNames ids={teams ?? []} /> },
  { name: 'Last sign-in', sort: 'lastLoginAt', cell: ({ lastLoginAt }) => <Time at={lastLoginAt} /> },
]
