import { ActionIcon, Menu } from '@mantine/core'
import { BookIcon, CodeIcon, HistoryIcon, QuestionIcon } from '@primer/octicons-react'
import { useQuery } from '@tanstack/react-query'
import { callAuth } from '../server.ts'

const links = [
  { name: 'Documentation', to: '/help', icon: BookIcon },
  { name: 'API reference', to: '/docs', icon: CodeIcon },
  { name: 'Changelog', to: '/help/project/changelog', icon: HistoryIcon },
] as const

/** Links to the documentation that the server publishes. They are pages of their own, not routes of the console. */
export function HelpMenu() {
  return (
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
        <Menu.Divider />
        <Version />
      </Menu.Dropdown>
    </Menu>
  )
}

/** Requested when the menu opens. A page that has been open for long can be older than the server. */
function Version() {
  const { data } = useQuery({ queryKey: ['version'], queryFn: () => callAuth('GET /auth/version') })
  return <Menu.Label>Mintmark {data?.version}</Menu.Label>
}
