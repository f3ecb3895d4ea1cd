import { Link, useLocation } from '@tanstack/react-router'
import { TabBar } from './tabs.tsx'

const tabs = [
  { to: '/profile', name: 'Personal access tokens' },
  { to: '/profile/sign-in-methods', name: 'Sign-in methods' },
  { to: '/profile/sessions', name: 'Sessions' },
] as const

export function ProfileTabs() {
  const { pathname } = useLocation()
  return (
    <TabBar label="Profile" current={pathname}>
      {tabs.map(({ to, name }) => (
        <Link key={to} to={to} activeOptions={{ exact: true, includeSearch: false }}>
          {name}
        </Link>
      ))}
    </TabBar>
  )
}
