import { Anchor, Text } from '@mantine/core'
import type { Found } from '@mintmark/client'
import { users } from '@mintmark/contract'
import { PersonAddIcon, PersonIcon } from '@primer/octicons-react'
import { Link } from '@tanstack/react-router'
import { displayName, Status, statusColors, TeamLinks } from '../access/subjects.tsx'
import { ActionButton } from '../parts/action-button.tsx'
import { lazyComponent } from '../parts/lazy-component.tsx'
import { Listing } from '../parts/listing.tsx'
import { Page } from '../parts/page.tsx'
import type { Column } from '../parts/records.tsx'
import { EmptyState } from '../parts/states.tsx'
import { Time } from '../parts/time.tsx'
import { useDialogFromUrl } from '../parts/url-query.ts'
import { useAccount } from '../session/account.ts'
import { useDenialReason } from '../session/rights.ts'

const InviteUser = lazyComponent(async () => (await import('../access/invite-user.tsx')).InviteUser)

type Person = Found<typeof users>

export function Users() {
  const account = useAccount()
  const denialReason = useDenialReason()
  const [isInviting, inviting] = useDialogFromUrl('invite')
  return (
    <Page
      title="Users"
      about="The users of this account. Their permissions come from their access policies and those of their teams."
      actions={
        <ActionButton
          leftSection={<PersonAddIcon />}
          onClick={inviting.open}
          disabledReason={denialReason('users:create', { account: account.id })}
        >
          Invite user
        </ActionButton>
      }
    >
      <Listing
        label="Users"
        of={users}
        operation="list"
        request={{ filters: { account: account.id }, include: ['teams'] }}
        columns={columns(account.id)}
        search="Search users"
        filters={[
          {
            name: 'status',
            label: 'Status',
            options: Object.keys(statusColors).map((value) => ({ value, label: value })),
          },
        ]}
        sort="email"
        empty={<EmptyState icon={PersonIcon} title="No users" />}
      />
      <InviteUser opened={isInviting} onClose={inviting.close} />
    </Page>
  )
}

const columns = (account: string): readonly Column<Person>[] => [
  {
    name: 'User',
    sort: 'email',
    cell: (person) => (
      <>
        <Anchor component={Link} to={`/${account}/iam/users/${person.id}`} fw={600} className="break">
          {displayName(person)}
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
  { name: 'Teams', cell: ({ teams }) => <TeamLinks ids={teams ?? []} /> },
  { name: 'Last sign-in', sort: 'lastLoginAt', cell: ({ lastLoginAt }) => <Time at={lastLoginAt} /> },
]
