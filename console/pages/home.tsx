/** The home page: findings, expiring tokens and recent verdicts. */
import { SimpleGrid, Stack, Text } from '@mantine/core'
import { DeviceMobileIcon, KeyIcon, PasskeyFillIcon } from '@primer/octicons-react'
import { Link } from '@tanstack/react-router'
import { ExpiryCalendar } from '../home/expiry-calendar.tsx'
import { Figures } from '../home/figures.tsx'
import { NeedsAttention } from '../home/needs-attention.tsx'
import { VerdictCharts } from '../home/verdict-charts.tsx'
import { lazyComponent } from '../parts/lazy-component.tsx'
import { Page } from '../parts/page.tsx'
import { useAccount } from '../session/account.ts'
import { useDenialReason } from '../session/rights.ts'
import { useSession } from '../session/session.ts'

const TokenNotices = lazyComponent(async () => (await import('../tokens/token-notices.tsx')).TokenNotices)

export function Home() {
  const account = useAccount()
  const denialReason = useDenialReason()
  if (denialReason('access-tokens:read', { account: account.id })) return <ProfileLinks />
  return (
    <Page title="Home" about={`What needs attention in ${account.name}, most urgent first.`}>
      <TokenNotices />
      <div className="home">
        <Stack gap={20} miw={0}>
          <Figures />
          <NeedsAttention />
        </Stack>
        <Stack gap={20} miw={0}>
          <ExpiryCalendar />
          <VerdictCharts />
        </Stack>
      </div>
    </Page>
  )
}

const profileLinks = [
  {
    to: '/profile',
    icon: KeyIcon,
    name: 'Personal access tokens',
    about: 'Let programs act as you. Create, rotate and revoke your tokens.',
  },
  {
    to: '/profile/sign-in-methods',
    icon: PasskeyFillIcon,
    name: 'Sign-in methods',
    about: 'Passkeys, password and authenticator app.',
  },
  { to: '/profile/sessions', icon: DeviceMobileIcon, name: 'Sessions', about: 'Where you are signed in.' },
] as const

/** For users who cannot see the tokens of other users. */
function ProfileLinks() {
  const account = useAccount()
  const { user } = useSession()
  return (
    <Page
      title={user['full-name'] ? `Welcome, ${user['full-name']}` : 'Welcome'}
      about={`You are signed in to ${account.name}.`}
    >
      <TokenNotices />
      <SimpleGrid cols={{ base: 1, sm: 3 }} spacing={12}>
        {profileLinks.map(({ to, icon: Icon, name, about }) => (
          <Link key={to} to={to} className="panel link-card">
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
        To see the tokens of other users, you need the permission <span className="mono">access-tokens:read</span>. Ask
        an account owner for access.
      </Text>
    </Page>
  )
}
