import { Group, Text } from '@mantine/core'
import { Link, useLocation } from '@tanstack/react-router'
import { type ReactNode, useEffect } from 'react'
import { Page } from './page.tsx'
import { TabBar } from './tabs.tsx'

const tabs = [
  { to: '/profile/general', name: 'General' },
  { to: '/profile', name: 'Personal access tokens' },
  { to: '/profile/sign-in-methods', name: 'Sign-in methods' },
  { to: '/profile/sessions', name: 'Sessions' },
] as const

interface ProfilePage {
  readonly about: string
  readonly actions?: ReactNode
  readonly children: ReactNode
}

/** What differs between the tabs is below them, so that they do not move. */
export function ProfilePage({ about, actions, children }: ProfilePage) {
  return (
    <Page title="Profile">
      <ProfileTabs />
      <Group justify="space-between" align="flex-start" gap={12}>
        <Text c="dimmed" maw={720} flex="1 1 300px">
          {about}
        </Text>
        {actions}
      </Group>
      {children}
    </Page>
  )
}

/** Each tab is a separate page. Selecting a tab keeps the focus on it. */
let wasChosen = false

function ProfileTabs() {
  const { pathname } = useLocation()
  useEffect(() => {
    if (wasChosen) document.querySelector<HTMLElement>('.tabs [aria-current]')?.focus({ preventScroll: true })
    wasChosen = false
  }, [])
  const choose = () => {
    wasChosen = true
  }
  return (
    <TabBar label="Profile" current={pathname}>
      {tabs.map(({ to, name }) => (
        <Link key={to} to={to} activeOptions={{ exact: true, includeSearch: false }} onClick={choose}>
          {name}
        </Link>
      ))}
    </TabBar>
  )
}
