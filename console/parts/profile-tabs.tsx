import { Link } from '@tanstack/react-router'
import { useEffect, useRef } from 'react'
import { bringIntoSight } from './tabs.tsx'

const tabs = [
  { to: '/profile', name: 'Personal access tokens' },
  { to: '/profile/sign-in-methods', name: 'Sign-in methods' },
  { to: '/profile/sessions', name: 'Sessions' },
] as const

/** Each is a page with these above it: whoever chose one goes on from it there. */
let wasChosen = false

export function ProfileTabs() {
  const nav = useRef<HTMLElement>(null)
  useEffect(() => {
    const current = nav.current?.querySelector<HTMLElement>('[aria-current]')
    if (!current) return
    bringIntoSight({ target: current })
    if (wasChosen) current.focus({ preventScroll: true })
    wasChosen = false
  }, [])
  const choose = () => {
    wasChosen = true
  }
  return (
    <nav className="tabs" aria-label="Profile" ref={nav} onFocus={bringIntoSight}>
      {tabs.map(({ to, name }) => (
        <Link key={to} to={to} activeOptions={{ exact: true, includeSearch: false }} onClick={choose}>
          {name}
        </Link>
      ))}
    </nav>
  )
}
