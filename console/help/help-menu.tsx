import { ActionIcon, Menu } from '@mantine/core'
import { BookIcon, CodeIcon, QuestionIcon } from '@primer/octicons-react'

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
        <Menu.Item leftSection={<BookIcon />} component="a" href="/help" target="_blank">
          Documentation
        </Menu.Item>
        <Menu.Item leftSection={<CodeIcon />} component="a" href="/docs" target="_blank">
          API reference
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  )
}
