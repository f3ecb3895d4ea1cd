/** Navigation items, for the sidebar and the command palette, and the permissions that pages require. */
import {
  ContainerIcon,
  GearIcon,
  HomeIcon,
  HubotIcon,
  IdBadgeIcon,
  KeyIcon,
  LogIcon,
  MarkGithubIcon,
  PeopleIcon,
  PersonIcon,
  ReportIcon,
  ShieldCheckIcon,
  ShieldLockIcon,
} from '@primer/octicons-react'
import { useRouterState } from '@tanstack/react-router'
import { useAccount } from '../session/account.ts'
import { useCanList } from '../session/rights.ts'

export interface NavigationItem {
  readonly name: string
  readonly to: string
  readonly icon: typeof HubotIcon
  readonly exact?: boolean
  /** The permission without which the page has no content. */
  readonly permission?: string
  /** Whether users can read records about their own tokens without the permission. */
  readonly hasOwnRecords?: boolean
}

export interface NavigationGroup {
  readonly name: string | null
  readonly items: readonly NavigationItem[]
}

const navigationOf = (account: string): readonly NavigationGroup[] => [
  { name: null, items: [{ name: 'Home', to: `/${account}`, icon: HomeIcon, exact: true }] },
  {
    name: 'Access',
    items: [
      { name: 'Users', to: `/${account}/iam/users`, icon: PersonIcon, permission: 'users:read' },
      { name: 'Teams', to: `/${account}/iam/teams`, icon: PeopleIcon, permission: 'teams:read' },
      { name: 'Roles', to: `/${account}/iam/roles`, icon: IdBadgeIcon, permission: 'roles:read' },
      {
        name: 'Access policies',
        to: `/${account}/iam/access-policies`,
        icon: ShieldCheckIcon,
        permission: 'access-policies:read',
      },
      {
        name: 'Service accounts',
        to: `/${account}/iam/service-accounts`,
        icon: HubotIcon,
        permission: 'service-accounts:read',
      },
    ],
  },
  {
    name: 'Inventory',
    items: [
      { name: 'Environments', to: `/${account}/environments`, icon: ContainerIcon, permission: 'environments:read' },
    ],
  },
  {
    name: 'Security',
    items: [
      { name: 'Token report', to: `/${account}/token-report`, icon: KeyIcon, permission: 'access-tokens:read' },
      {
        name: 'Security rules',
        to: `/${account}/security-rules`,
        icon: ShieldLockIcon,
        permission: 'security-rules:read',
      },
      {
        name: 'Leak reports',
        to: `/${account}/leak-reports`,
        icon: ReportIcon,
        permission: 'leak-reports:read',
        hasOwnRecords: true,
      },
      { name: 'GitHub secret scanning', to: `/${account}/github-secret-scanning`, icon: MarkGithubIcon },
      { name: 'Audit events', to: `/${account}/audit-events`, icon: LogIcon, permission: 'audit-events:read' },
    ],
  },
  {
    name: 'Account',
    items: [{ name: 'Settings', to: `/${account}/settings`, icon: GearIcon, permission: 'accounts:read' }],
  },
]

/** Returns the navigation without the pages that the user cannot read. */
export function useNavigation(): readonly NavigationGroup[] {
  const account = useAccount()
  const canList = useCanList(account.id)
  return navigationOf(account.id)
    .map(({ name, items }) => ({ name, items: items.filter(({ permission }) => !permission || canList(permission)) }))
    .filter(({ items }) => items.length > 0)
}

/** Returns the current page if the user lacks the permission that it requires. */
export function useForbiddenPage(): RestrictedPage | null {
  const account = useAccount()
  const canList = useCanList(account.id)
  const path = useRouterState({ select: ({ location }) => location.pathname })
  const page = restrictedPages(account.id).find(
    ({ to, hasOwnRecords }) => path === to || (path.startsWith(`${to}/`) && !hasOwnRecords),
  )
  return page && !canList(page.permission) ? page : null
}

interface RestrictedPage {
  readonly name: string
  readonly to: string
  readonly permission: string
  readonly hasOwnRecords?: boolean
}

/** Pages within others come first. */
const restrictedPages = (account: string): readonly RestrictedPage[] => [
  { name: 'Webhooks', to: `/${account}/leak-reports/webhooks`, permission: 'notification-webhooks:read' },
  ...navigationOf(account).flatMap(({ items }) =>
    items.flatMap(({ permission, ...item }) => (permission ? [{ ...item, permission }] : [])),
  ),
]
