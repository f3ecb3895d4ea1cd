/** The built-in commands of the palette: every page and the common actions. */
import { useMantineColorScheme } from '@mantine/core'
import {
  DeviceDesktopIcon,
  DeviceMobileIcon,
  HubotIcon,
  type Icon,
  KeyIcon,
  MoonIcon,
  PasskeyFillIcon,
  PersonAddIcon,
  PersonIcon,
  SignOutIcon,
  SunIcon,
} from '@primer/octicons-react'
import { navigationFor } from '../parts/navigation.ts'
import { useAccount } from '../session/account.ts'
import { useSession } from '../session/session.ts'
import { signOut } from '../session/sign-out.ts'

export interface Command {
  readonly id: string
  readonly group: string
  readonly name: string
  readonly description?: string
  readonly icon: Icon
  /** The page to open, or the function to run. */
  readonly action:
    | { readonly to: string; readonly search?: Readonly<Record<string, string>> }
    | { readonly run: () => void }
}

/** Returns the commands whose name, group or description contains every word. */
export const matching = (commands: readonly Command[], words: string): readonly Command[] =>
  commands.filter(({ name, group, description = '' }) => {
    const text = `${name} ${group} ${description}`.toLowerCase()
    return words
      .toLowerCase()
      .split(/\s+/)
      .every((word) => text.includes(word))
  })

const profilePages: readonly (readonly [name: string, to: string, icon: Icon])[] = [
  ['Name, time zone and theme', '/profile/general', PersonIcon],
  ['Personal access tokens', '/profile', KeyIcon],
  ['Sign-in methods', '/profile/sign-in-methods', PasskeyFillIcon],
  ['Sessions', '/profile/sessions', DeviceMobileIcon],
]

export function useCommands(): readonly Command[] {
  const account = useAccount()
  const { accounts } = useSession()
  const { setColorScheme } = useMantineColorScheme()
  const colors = (name: string, scheme: 'light' | 'dark' | 'auto', icon: Icon): Command => ({
    id: `theme-${scheme}`,
    group: 'Actions',
    name,
    description: 'Appearance',
    icon,
    action: { run: () => setColorScheme(scheme) },
  })
  const page = (name: string, to: string, icon: Icon, description?: string): Command => ({
    id: `page-${to}`,
    group: 'Go to',
    name,
    icon,
    action: { to },
    ...(description ? { description } : {}),
  })
  const pages = navigationFor(account.id).flatMap(({ name: group, items }) =>
    items.map(({ name, to, icon }) => page(name, to, icon, group ?? undefined)),
  )
  return [
    ...pages,
    ...profilePages.map(([name, to, icon]) => page(name, to, icon, 'Profile')),
    {
      id: 'create-token',
      group: 'Actions',
      name: 'Create token',
      description: 'Personal access token',
      icon: KeyIcon,
      action: { to: '/profile', search: { do: 'create-token' } },
    },
    {
      id: 'service-account',
      group: 'Actions',
      name: 'Create service account',
      description: 'With access and a first token',
      icon: HubotIcon,
      action: { to: `/${account.id}/iam/service-accounts/new` },
    },
    {
      id: 'invite',
      group: 'Actions',
      name: 'Invite user',
      icon: PersonAddIcon,
      action: { to: `/${account.id}/iam/users`, search: { do: 'invite' } },
    },
    ...accounts
      .filter(({ id }) => id !== account.id)
      .map(
        ({ id, name }): Command => ({
          id: `account-${id}`,
          group: 'Actions',
          name: `Switch to ${name}`,
          description: 'Account',
          icon: DeviceDesktopIcon,
          action: { to: `/${id}` },
        }),
      ),
    colors('Light theme', 'light', SunIcon),
    colors('Dark theme', 'dark', MoonIcon),
    colors('System theme', 'auto', DeviceDesktopIcon),
    {
      id: 'sign-out',
      group: 'Actions',
      name: 'Sign out',
      icon: SignOutIcon,
      action: { run: () => void signOut() },
    },
  ]
}
