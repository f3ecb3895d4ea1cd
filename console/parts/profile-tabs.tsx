import { Link } from '@tanstack/react-router'
import { useEffect, useRef } from 'react'

const tabs = [
  { to: '/profile', name: 'Personal access tokens' },
  { to: '/profile/sign-in-methods', name: 'Sign-in methods' },
  { to: '/profile/sessions', name: 'Sessions' },
] as const

export function ProfileTabs() {
  const nav = useRef<HTMLElement>(null)
  // On a phone they do not all fit.
  useEffect(() => {
    nav.current?.querySelector('[aria-current]')?.scrollIntoView({ block: 'nearest', inline: 'nearest' })
  }, [])
  return (
    <nav className="tabs" aria-label="Profile" ref={nav}>
      {tabs.map(({ to, name }) => (
        <Link key={to} to={to} activeOptions={{ exact: true, includeSearch: false }}>
          {name}
        </Link>
      ))}
    </nav>
  )
}
