/** Navigation items, for the sidebar and the command palette. */
import {
  ContainerIcon,
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

export interface NavigationItem {
  readonly name: string
  readonly to: string
  readonly icon: typeof HubotIcon
  readonly exact?: boolean
}

export interface NavigationGroup {
  readonly name: string | null
  readonly items: readonly NavigationItem[]
}

export const navigationFor = (account: string): readonly NavigationGroup[] => [
  { name: null, items: [{ name: 'Home', to: `/${account}`, icon: HomeIcon, exact: true }] },
  {
    name: 'Access',
    items: [
      { name: 'Users', to: `/${account}/iam/users`, icon: PersonIcon },
      { name: 'Teams', to: `/${account}/iam/teams`, icon: PeopleIcon },
      { name: 'Roles', to: `/${account}/iam/roles`, icon: IdBadgeIcon },
      { name: 'Access policies', to: `/${account}/iam/access-policies`, icon: ShieldCheckIcon },
      { name: 'Service accounts', to: `/${account}/iam/service-accounts`, icon: HubotIcon },
    ],
  },
  { name: 'Inventory', items: [{ name: 'Environments', to: `/${account}/environments`, icon: ContainerIcon }] },
  {
    name: 'Security',
    items: [
      { name: 'Token report', to: `/${account}/token-report`, icon: KeyIcon },
      { name: 'Security rules', to: `/${account}/security-rules`, icon: ShieldLockIcon },
      { name: 'Leak reports', to: `/${account}/leak-reports`, icon: ReportIcon },
      { name: 'GitHub secret scanning', to: `/${account}/github-secret-scanning`, icon: MarkGithubIcon },
      { name: 'Audit events', to: `/${account}/audit-events`, icon: LogIcon },
    ],
  },
]
