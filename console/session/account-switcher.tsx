/** Shows the current account and switches to another one. */
import { Box, Group, Menu, Text, UnstyledButton } from '@mantine/core'
import { CheckIcon, UnfoldIcon } from '@primer/octicons-react'
import { useNavigate } from '@tanstack/react-router'
import { useAccount } from './account.ts'
import { useSession } from './session.ts'

export function AccountSwitcher() {
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
        <UnstyledButton
          w="100%"
          px={10}
          py={6}
          className="panel"
          aria-label={`Account ${account.name}, switch account`}
        >
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
