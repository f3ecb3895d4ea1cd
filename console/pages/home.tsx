/** Where one arrives: what needs somebody, what ends soon, and what the authority is saying right now. */
import { SimpleGrid, Stack, Text } from '@mantine/core'
import { DeviceMobileIcon, KeyIcon, PasskeyFillIcon } from '@primer/octicons-react'
import { Link } from '@tanstack/react-router'
import { Attention } from '../home/attention.tsx'
import { ExpiryCalendar } from '../home/expiry-calendar.tsx'
import { VerdictCharts } from '../home/verdict-charts.tsx'
import { Page } from '../parts/page.tsx'
import { useAccount } from '../session/account.ts'
import { useWhyNot } from '../session/rights.ts'
import { useSession } from '../session/session.ts'

export function Home() {
  const account = useAccount()
  const whyNot = useWhyNot()
  if (whyNot('access-tokens:read', { account: account.id })) return <Welcomed />
  return (
    <Page title="Home" about={`What is going on with the tokens of ${account.name}, the most urgent first.`}>
      <div className="home">
        <Attention />
        <Stack gap={20} miw={0}>
          <ExpiryCalendar />
          <VerdictCharts />
        </Stack>
      </div>
    </Page>
  )
}

const doors = [
  {
    to: '/profile',
    icon: KeyIcon,
    name: 'Personal access tokens',
    about: 'Let programs act as you: generate, rotate and delete them.',
  },
  {
    to: '/profile/sign-in-methods',
    icon: PasskeyFillIcon,
    name: 'Sign-in methods',
    about: 'Passkeys, your password, an authenticator app.',
  },
  { to: '/profile/sessions', icon: DeviceMobileIcon, name: 'Sessions', about: 'Where you are signed in.' },
] as const

/** For people who look after nobody else's tokens. */
function Welcomed() {
  const account = useAccount()
  const { user } = useSession()
  return (
    <Page
      title={user['full-name'] ? `Welcome, ${user['full-name']}` : 'Welcome'}
      about={`You are signed in to ${account.name}. This is yours to look after:`}
    >
      <SimpleGrid cols={{ base: 1, sm: 3 }} spacing={12}>
        {doors.map(({ to, icon: Icon, name, about }) => (
          <Link key={to} to={to} className="panel door">
            <Icon size={20} />
            <Text fw={600} c="var(--strong)">
              {name}
            </Text>
            <Text size="sm" c="dimmed">
              {about}
            </Text>
          </Link>
        ))}
      </SimpleGrid>
      <Text size="sm" c="dimmed">
        Looking after the tokens of others takes the permission <span className="mono">access-tokens:read</span>. An
        owner of the account can give it to you.
      </Text>
    </Page>
  )
}
