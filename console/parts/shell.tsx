/** The frame of signed-in pages: header, navigation, account switcher and user menu. */
import {
  ActionIcon,
  AppShell,
  Box,
  Burger,
  Group,
  Menu,
  ScrollArea,
  Text,
  Tooltip,
  UnstyledButton,
  useMantineColorScheme,
} from '@mantine/core'
import { useDisclosure, useHotkeys } from '@mantine/hooks'
import {
  CheckIcon,
  ChevronDownIcon,
  ClockIcon,
  DeviceDesktopIcon,
  MoonIcon,
  PersonIcon,
  SearchIcon,
  SignOutIcon,
  SunIcon,
} from '@primer/octicons-react'
import { Link, Outlet, useRouterState } from '@tanstack/react-router'
import { lazy, Suspense, useEffect, useState } from 'react'
import { HelpMenu } from '../help/help-menu.tsx'
import { isApple } from '../help/shortcuts.ts'
import { NotificationBell } from '../notifications/notification-bell.tsx'
import { rememberAccount, useAccount } from '../session/account.ts'
import { AccountSwitcher } from '../session/account-switcher.tsx'
import { useSession } from '../session/session.ts'
import { signOut } from '../session/sign-out.ts'
import { Logo } from './centered-page.tsx'
import { setExactTimes, useExactTimes } from './exact-times.ts'
import { useForbiddenPage, useNavigation } from './navigation.ts'
import { Page } from './page.tsx'
import { NoAccess } from './states.tsx'

export function Shell() {
  const [isOpen, { toggle, close }] = useDisclosure(false)
  const account = useAccount()
  const path = useRouterState({ select: ({ location }) => location.pathname })
  // biome-ignore lint/correctness/useExhaustiveDependencies: on phones, navigating closes the menu
  useEffect(close, [path])
  useEffect(() => rememberAccount(account.id), [account.id])
  return (
    <AppShell
      header={{ height: 52 }}
      navbar={{ width: 232, breakpoint: 'sm', collapsed: { mobile: !isOpen } }}
      padding={{ base: 16, sm: 28 }}
    >
      <a className="skip" href="#content">
        Skip to content
      </a>
      <AppShell.Header px={14}>
        <Group h="100%" gap={10} wrap="nowrap" justify="space-between">
          <Group gap={10} wrap="nowrap" className="header-side">
            <Burger
              opened={isOpen}
              onClick={toggle}
              hiddenFrom="sm"
              size="sm"
              aria-label={isOpen ? 'Close navigation' : 'Open navigation'}
            />
            <UnstyledButton component={Link} to="/" aria-label="Mintmark, home">
              <Group gap={8} wrap="nowrap">
                <Logo size={24} />
                <Text fw={650} size="lg" visibleFrom="xs">
                  Mintmark
                </Text>
              </Group>
            </UnstyledButton>
          </Group>
          <SearchButton />
          <HeaderMenus />
        </Group>
      </AppShell.Header>
      <AppShell.Navbar p={10} aria-label="Main" className={isOpen ? undefined : 'away'}>
        <AppShell.Section>
          <AccountSwitcher />
        </AppShell.Section>
        <Navigation />
      </AppShell.Navbar>
      <AppShell.Main id="content" tabIndex={-1} style={{ outline: 'none' }} onFocus={close}>
        <PermittedPage />
      </AppShell.Main>
    </AppShell>
  )
}

function Navigation() {
  const groups = useNavigation()
  return (
    <AppShell.Section grow component={ScrollArea} type="auto" mt={6}>
      {groups.map(({ name, items }) => (
        <Box key={name ?? 'top'} role="group" aria-label={name ?? 'Account'}>
          {name && <div className="nav-group">{name}</div>}
          {items.map(({ name, to, icon: Icon, exact }) => (
            <Link key={to} to={to} className="nav-link" activeOptions={{ exact: exact ?? false, includeSearch: false }}>
              <Icon size={16} />
              {name}
            </Link>
          ))}
        </Box>
      ))}
    </AppShell.Section>
  )
}

/** A page without the permission to read its content sends no requests, which the server would refuse and audit. */
function PermittedPage() {
  const page = useForbiddenPage()
  if (!page) return <Outlet />
  return (
    <Page title={page.name}>
      <NoAccess reason={`You need the permission ${page.permission}.`} />
    </Page>
  )
}

const HeaderMenus = () => (
  <Group gap={6} wrap="nowrap" justify="flex-end" className="header-side">
    <NotificationBell />
    <HelpMenu />
    <ThemeMenu />
    <UserMenu />
  </Group>
)

const Palette = lazy(() => import('../palette/palette.tsx').then(({ Palette }) => ({ default: Palette })))

/** Opens the command palette, whose code is loaded on first use. */
function SearchButton() {
  const [isOpen, setOpen] = useState(false)
  const [wasOpen, setWasOpen] = useState(false)
  const open = () => {
    // The palette must not navigate away from an open dialog.
    if (document.querySelector('[role="dialog"]')) return
    setWasOpen(true)
    setOpen(true)
  }
  useHotkeys([['mod+K', open]], [], true)
  return (
    <>
      <button type="button" className="palette-button" onClick={open} aria-keyshortcuts="Control+K Meta+K">
        <SearchIcon size={14} />
        <span>Search or go to…</span>
        <kbd aria-hidden>{isApple ? '⌘K' : 'Ctrl K'}</kbd>
      </button>
      {wasOpen && (
        <Suspense fallback={null}>
          <Palette opened={isOpen} onClose={() => setOpen(false)} />
        </Suspense>
      )}
    </>
  )
}

const themes = [
  { value: 'auto', label: 'System', icon: DeviceDesktopIcon },
  { value: 'light', label: 'Light', icon: SunIcon },
  { value: 'dark', label: 'Dark', icon: MoonIcon },
] as const

function ThemeMenu() {
  const { colorScheme, setColorScheme } = useMantineColorScheme()
  const { icon: Icon } = themes.find(({ value }) => value === colorScheme) ?? themes[0]
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <Tooltip label="Theme">
          <ActionIcon aria-label="Theme" size="lg">
            <Icon />
          </ActionIcon>
        </Tooltip>
      </Menu.Target>
      <Menu.Dropdown>
        {themes.map(({ value, label, icon: Icon }) => (
          <Menu.Item
            key={value}
            leftSection={<Icon />}
            rightSection={value === colorScheme ? <CheckIcon /> : null}
            onClick={() => setColorScheme(value)}
          >
            {label}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  )
}

function UserMenu() {
  const { user } = useSession()
  const name = user['full-name'] || user.email
  const isExact = useExactTimes()
  return (
    <Menu position="bottom-end" width={240}>
      <Menu.Target>
        <UnstyledButton px={8} py={6} aria-label={`User menu: ${name}`} className="person">
          <Group gap={6} wrap="nowrap">
            <PersonIcon />
            <Text visibleFrom="sm" maw={{ base: 90, lg: 220 }} truncate>
              {name}
            </Text>
            <ChevronDownIcon size={14} />
          </Group>
        </UnstyledButton>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label className="break">{user.email}</Menu.Label>
        <Menu.Item leftSection={<PersonIcon />} component={Link} to="/profile">
          Profile
        </Menu.Item>
        <Menu.Item leftSection={<ClockIcon />} onClick={() => setExactTimes(!isExact)}>
          {isExact ? 'Show relative times' : 'Show exact times'}
        </Menu.Item>
        <Menu.Divider />
        <Menu.Item leftSection={<SignOutIcon />} onClick={() => void signOut()}>
          Sign out
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  )
}
