/** What is around every page: where one is, where one can go, who one is. */
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
  UnfoldIcon,
} from '@primer/octicons-react'
import { Link, Outlet, useNavigate, useRouterState } from '@tanstack/react-router'
import { lazy, Suspense, useEffect, useState } from 'react'
import { rememberAccount, useAccount } from '../session/account.ts'
import { useSession } from '../session/session.ts'
import { signOut } from '../session/sign-out.ts'
import { showExactTimes, useExactTimes } from './exact-times.ts'
import { navigationFor } from './navigation.ts'
import { Mark } from './outside.tsx'

export function Shell() {
  const [isOpen, { toggle, close }] = useDisclosure(false)
  const account = useAccount()
  const path = useRouterState({ select: ({ location }) => location.pathname })
  // biome-ignore lint/correctness/useExhaustiveDependencies: whoever has chosen a page on a phone wants to see it
  useEffect(close, [path])
  useEffect(() => rememberAccount(account.id), [account.id])
  return (
    <AppShell
      header={{ height: 52 }}
      navbar={{ width: 232, breakpoint: 'sm', collapsed: { mobile: !isOpen } }}
      padding={{ base: 16, sm: 28 }}
    >
      <a className="skip" href="#content">
        Skip to the content
      </a>
      <AppShell.Header px={14}>
        <Group h="100%" gap={10} wrap="nowrap" justify="space-between">
          <Group gap={10} wrap="nowrap">
            <Burger
              opened={isOpen}
              onClick={toggle}
              hiddenFrom="sm"
              size="sm"
              aria-label={isOpen ? 'Close the navigation' : 'Open the navigation'}
            />
            <UnstyledButton component={Link} to="/" aria-label="Mintmark, home">
              <Group gap={8} wrap="nowrap">
                <Mark size={24} />
                <Text fw={650} size="lg" visibleFrom="xs">
                  Mintmark
                </Text>
              </Group>
            </UnstyledButton>
          </Group>
          <Finder />
          <Group gap={6} wrap="nowrap">
            <Colors />
            <Person />
          </Group>
        </Group>
      </AppShell.Header>
      <AppShell.Navbar p={10} aria-label="Main" className={isOpen ? undefined : 'away'}>
        <AppShell.Section>
          <Accounts />
        </AppShell.Section>
        <AppShell.Section grow component={ScrollArea} type="auto" mt={6}>
          {navigationFor(account.id).map(({ name, places }) => (
            <Box key={name ?? 'top'} role="group" aria-label={name ?? 'Account'}>
              {name && <div className="nav-group">{name}</div>}
              {places.map(({ name, to, icon: Icon, exact }) => (
                <Link
                  key={to}
                  to={to}
                  className="nav-link"
                  activeOptions={{ exact: exact ?? false, includeSearch: false }}
                >
                  <Icon size={16} />
                  {name}
                </Link>
              ))}
            </Box>
          ))}
        </AppShell.Section>
      </AppShell.Navbar>
      <AppShell.Main id="content" tabIndex={-1} style={{ outline: 'none' }} onFocus={close}>
        <Outlet />
      </AppShell.Main>
    </AppShell>
  )
}

const Palette = lazy(() => import('../palette/palette.tsx').then(({ Palette }) => ({ default: Palette })))

const isApple = /Mac|iPhone|iPad/.test(navigator.userAgent)

/** Opens the palette; what it is made of is fetched the first time. */
function Finder() {
  const [isOpen, setOpen] = useState(false)
  const [wasOpen, setWasOpen] = useState(false)
  const open = () => {
    // What asks for a decision is not left by accident.
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

function Accounts() {
  const { accounts } = useSession()
  const account = useAccount()
  const navigate = useNavigate()
  const name = (
    <Box style={{ minWidth: 0 }}>
      <Text size="xs" c="dimmed">
        Account
      </Text>
      <Text fw={600} truncate>
        {account.name}
      </Text>
    </Box>
  )
  if (accounts.length < 2)
    return (
      <Box px={10} py={6}>
        {name}
      </Box>
    )
  return (
    <Menu width="target" position="bottom-start">
      <Menu.Target>
        <UnstyledButton w="100%" px={10} py={6} className="panel" aria-label={`Account ${account.name}, switch`}>
          <Group justify="space-between" wrap="nowrap">
            {name}
            <UnfoldIcon />
          </Group>
        </UnstyledButton>
      </Menu.Target>
      <Menu.Dropdown>
        {accounts.map(({ id, name }) => (
          <Menu.Item
            key={id}
            rightSection={id === account.id ? <CheckIcon /> : null}
            onClick={() => void navigate({ to: `/${id}` })}
          >
            {name}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  )
}

const colors = [
  { value: 'auto', label: 'As the system', icon: DeviceDesktopIcon },
  { value: 'light', label: 'Light', icon: SunIcon },
  { value: 'dark', label: 'Dark', icon: MoonIcon },
] as const

function Colors() {
  const { colorScheme, setColorScheme } = useMantineColorScheme()
  const { icon: Icon } = colors.find(({ value }) => value === colorScheme) ?? colors[0]
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <Tooltip label="Colours">
          <ActionIcon aria-label="Colours" size="lg">
            <Icon />
          </ActionIcon>
        </Tooltip>
      </Menu.Target>
      <Menu.Dropdown>
        {colors.map(({ value, label, icon: Icon }) => (
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

function Person() {
  const { user } = useSession()
  const isExact = useExactTimes()
  return (
    <Menu position="bottom-end" width={240}>
      <Menu.Target>
        <UnstyledButton px={8} py={6} aria-label={`You: ${user.email}`} className="person">
          <Group gap={6} wrap="nowrap">
            <PersonIcon />
            <Text visibleFrom="sm" maw={220} truncate>
              {user['full-name'] || user.email}
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
        <Menu.Item leftSection={<ClockIcon />} onClick={() => showExactTimes(!isExact)}>
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
