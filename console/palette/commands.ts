/** The built-in commands of the palette: every page and the common actions. */
import { useMantineColorScheme } from '@mantine/core'
import {
  CodeIcon,
  CommandPaletteIcon,
  DeviceDesktopIcon,
  DeviceMobileIcon,
  HubotIcon,
  type Icon,
  KeyIcon,
  MoonIcon,
  PasskeyFillIcon,
  PersonAddIcon,
  PersonIcon,
  QuestionIcon,
  SignOutIcon,
  SunIcon,
  SyncIcon,
  TrashIcon,
} from '@primer/octicons-react'
import { setShortcutsOpen } from '../help/shortcuts.ts'
import { useNavigation } from '../parts/navigation.ts'
import { useAccount } from '../session/account.ts'
import { useDenialReason } from '../session/rights.ts'
import { useSession } from '../session/session.ts'
import { signOut } from '../session/sign-out.ts'

export interface Command {
  readonly id: string
  readonly group: string
  readonly name: string
  readonly description?: string
  readonly icon: Icon
  /** The page to open, the function to run, or the text to search for. */
  readonly action:
    | { readonly to: string; readonly search?: Readonly<Record<string, string>> }
    | { readonly run: () => void }
    /** Replaces the typed text. */
    | { readonly type: string }
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
  const denialReason = useDenialReason()
  const { setColorScheme } = useMantineColorScheme()
  const theme = (name: string, scheme: 'light' | 'dark' | 'auto', icon: Icon) =>
    command(name, 'Appearance', icon, { run: () => setColorScheme(scheme) })
  return [
    ...useNavigation().flatMap(({ name: group, items }) =>
      items.map(({ name, to, icon }) => page(name, to, icon, group)),
    ),
    ...profilePages.map(([name, to, icon]) => page(name, to, icon, 'Profile')),
    ...actionsIn(account.id, (permission) => denialReason(permission, { account: account.id }) === null),
    ...accounts
      .filter(({ id }) => id !== account.id)
      .map(({ id, name }) => ({
        ...command(`Switch to ${name}`, 'Account', DeviceDesktopIcon, { to: `/${id}` }),
        id: `account-${id}`,
      })),
    documentation('Help', '/help', QuestionIcon),
    documentation('API reference', '/docs', CodeIcon),
    command('Keyboard shortcuts', 'Help', CommandPaletteIcon, { run: () => setShortcutsOpen(true) }),
    theme('Light theme', 'light', SunIcon),
    theme('Dark theme', 'dark', MoonIcon),
    theme('System theme', 'auto', DeviceDesktopIcon),
    command('Sign out', undefined, SignOutIcon, { run: () => void signOut() }),
  ]
}

const actionsIn = (account: string, can: (permission: string) => boolean): readonly Command[] => [
  command('Create token', 'Personal access token', KeyIcon, { to: '/profile', search: { do: 'create-token' } }),
  ...(can('service-accounts:create')
    ? [
        command('Create service account', 'With access and a first token', HubotIcon, {
          to: `/${account}/iam/service-accounts/new`,
        }),
      ]
    : []),
  command('Rotate token', 'Personal access token', SyncIcon, { type: 'rotate ' }),
  command('Revoke token', 'Personal access token', TrashIcon, { to: '/profile' }),
  ...(can('users:create')
    ? [command('Invite user', undefined, PersonAddIcon, { to: `/${account}/iam/users`, search: { do: 'invite' } })]
    : []),
]

const command = (name: string, description: string | undefined, icon: Icon, action: Command['action']): Command => ({
  id: `action-${name}`,
  group: 'Actions',
  name,
  icon,
  action,
  ...(description && { description }),
})

const page = (name: string, to: string, icon: Icon, description?: string | null): Command => ({
  id: `page-${to}`,
  group: 'Go to',
  name,
  icon,
  action: { to },
  ...(description && { description }),
})

/** The documentation consists of pages of its own, not routes of the console. */
const documentation = (name: string, path: string, icon: Icon): Command => ({
  ...page(name, path, icon, 'Documentation (docs)'),
  action: { run: () => void window.open(path, '_blank', 'noopener') },
})
