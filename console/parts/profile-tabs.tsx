import { Link } from '@tanstack/react-router'

const tabs = [
  { to: '/profile', name: 'Personal access tokens' },
  { to: '/profile/sign-in-methods', name: 'Sign-in methods' },
  { to: '/profile/sessions', name: 'Sessions' },
] as const

export function ProfileTabs() {
  return (
    <nav className="tabs" aria-label="Profile">
      {tabs.map(({ to, name }) => (
        <Link key={to} to={to} activeOptions={{ exact: true, includeSearch: false }}>
          {name}
        </Link>
      ))}
    </nav>
  )
}
