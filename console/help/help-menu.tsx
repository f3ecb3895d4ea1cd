import { ActionIcon, Menu } from '@mantine/core'
import { useHotkeys } from '@mantine/hooks'
import { BookIcon, CodeIcon, CommandPaletteIcon, HistoryIcon, QuestionIcon } from '@primer/octicons-react'
import { useQuery } from '@tanstack/react-query'
import { useEffect, useState } from 'react'
import { lazyComponent } from '../parts/lazy-component.tsx'
import { callAuth } from '../server.ts'
import { setShortcutsOpen, useShortcutsOpen } from './shortcuts.ts'

const ShortcutsDialog = lazyComponent(async () => (await import('./shortcuts-dialog.tsx')).ShortcutsDialog)

const links = [
  { name: 'Documentation', to: '/help', icon: BookIcon },
  { name: 'API reference', to: '/docs', icon: CodeIcon },
  { name: 'Changelog', to: '/help/project/changelog', icon: HistoryIcon },
] as const

/** Links to the documentation that the server publishes, which are no routes of the console, and the keyboard shortcuts. */
export function HelpMenu() {
  return (
    <>
      <Menu position="bottom-end">
        <Menu.Target>
          <ActionIcon aria-label="Help" size="lg">
            <QuestionIcon />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          {links.map(({ name, to, icon: Icon }) => (
            <Menu.Item key={to} leftSection={<Icon />} component="a" href={to} target="_blank">
              {name}
            </Menu.Item>
          ))}
          <Menu.Item
            leftSection={<CommandPaletteIcon />}
            rightSection={<kbd>?</kbd>}
            onClick={() => setShortcutsOpen(true)}
          >
            Keyboard shortcuts
          </Menu.Item>
          <Menu.Divider />
          <Version />
        </Menu.Dropdown>
      </Menu>
      <Shortcuts />
    </>
  )
}

/** Requested when the menu opens. A page that has been open for long can be older than the server. */
function Version() {
  const { data } = useQuery({ queryKey: ['version'], queryFn: () => callAuth('GET /auth/version') })
  return <Menu.Label>Mintmark {data?.version}</Menu.Label>
}

/** Opens the list of shortcuts with `?`, unless text is typed. Its code is loaded on first use. */
function Shortcuts() {
  const isOpen = useShortcutsOpen()
  const [wasOpen, setWasOpen] = useState(false)
  useEffect(() => {
    if (isOpen) setWasOpen(true)
  }, [isOpen])
  const open = () => {
    // The list must not cover an open dialog.
    if (!document.querySelector('[role="dialog"]')) setShortcutsOpen(true)
  }
  useHotkeys([
    ['?', open],
    ['shift+?', open],
  ])
  return (isOpen || wasOpen) && <ShortcutsDialog />
}
