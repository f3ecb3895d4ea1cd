import { Anchor, Group, Text } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'

interface NameCell {
  readonly name: ReactNode
  readonly description: string | null | undefined
  /** The path of its page. */
  readonly to: string
  readonly badge?: ReactNode
}

/** The name of an object with a link to its page, and its description below. */
export const NameCell = ({ name, description, to, badge }: NameCell) => (
  <>
    <Group gap={8}>
      <Anchor component={Link} to={to} fw={600} className="break">
        {name}
      </Anchor>
      {badge}
    </Group>
    {description && (
      <Text size="sm" c="dimmed" lineClamp={2}>
        {description}
      </Text>
    )}
  </>
)
