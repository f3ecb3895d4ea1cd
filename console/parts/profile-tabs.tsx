import { Link, useLocation } from '@tanstack/react-router'
import { useEffect } from 'react'
import { TabBar } from './tabs.tsx'

const tabs = [
  { to: '/profile/general', name: 'General' },
  { to: '/profile', name: 'Personal access tokens' },
  { to: '/profile/sign-in-methods', name: 'Sign-in methods' },
  { to: '/profile/sessions', name: 'Sessions' },
] as const

/** Each tab is a separate page. Selecting a tab keeps the focus on it. */
let wasChosen = false

export function ProfileTabs() {
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
