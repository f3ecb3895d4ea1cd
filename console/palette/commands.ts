/** What the palette offers before anything is searched: every page, and what people come to do. */
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
  readonly about?: string
  readonly icon: Icon
  /** Where it leads, or what it does. */
  readonly does:
    | { readonly to: string; readonly search?: Readonly<Record<string, string>> }
    | { readonly run: () => void }
}

/** Those that hold every word, in their name, their group or what is said about them. */
export const matching = (commands: readonly Command[], words: string): readonly Command[] =>
  commands.filter(({ name, group, about = '' }) => {
    const text = `${name} ${group} ${about}`.toLowerCase()
    return words
      .toLowerCase()
      .split(/\s+/)
      .every((word) => text.includes(word))
  })

export function useCommands(): readonly Command[] {
  const account = useAccount()
  const { accounts } = useSession()
  const { setColorScheme } = useMantineColorScheme()
  const colors = (name: string, scheme: 'light' | 'dark' | 'auto', icon: Icon): Command => ({
    id: `colours-${scheme}`,
    group: 'Actions',
    name,
    about: 'Colours, theme',
    icon,
    does: { run: () => setColorScheme(scheme) },
  })
  const page = (name: string, to: string, icon: Icon, about?: string): Command => ({
    id: `page-${to}`,
    group: 'Go to',
    name,
    icon,
    does: { to },
    ...(about ? { about } : {}),
  })
  const places = navigationFor(account.id).flatMap(({ name: group, places }) =>
    places.map(({ name, to, icon }) => page(name, to, icon, group ?? undefined)),
  )
  return [
    ...places,
    page('Personal access tokens', '/profile', KeyIcon, 'Profile'),
    page('Sign-in methods', '/profile/sign-in-methods', PasskeyFillIcon, 'Profile'),
    page('Sessions', '/profile/sessions', DeviceMobileIcon, 'Profile'),
    {
      id: 'generate',
      group: 'Actions',
      name: 'Generate token',
      about: 'A personal access token, for yourself',
      icon: KeyIcon,
      does: { to: '/profile', search: { do: 'generate' } },
    },
    {
      id: 'service-account',
      group: 'Actions',
      name: 'New service account',
      about: 'With its access and first token',
      icon: HubotIcon,
      does: { to: `/${account.id}/iam/service-accounts/new` },
    },
    {
      id: 'invite',
      group: 'Actions',
      name: 'Invite a person',
      icon: PersonAddIcon,
      does: { to: `/${account.id}/iam/users`, search: { do: 'invite' } },
    },
    ...accounts
      .filter(({ id }) => id !== account.id)
      .map(
        ({ id, name }): Command => ({
          id: `account-${id}`,
          group: 'Actions',
          name: `Switch to ${name}`,
          about: 'Account',
          icon: DeviceDesktopIcon,
          does: { to: `/${id}` },
        }),
      ),
    colors('Light', 'light', SunIcon),
    colors('Dark', 'dark', MoonIcon),
    colors('As the system', 'auto', DeviceDesktopIcon),
    {
      id: 'sign-out',
      group: 'Actions',
      name: 'Sign out',
      icon: SignOutIcon,
      does: { run: () => void signOut() },
    },
  ]
}
