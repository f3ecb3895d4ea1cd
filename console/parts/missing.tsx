import { Anchor } from '@mantine/core'
import { SearchIcon } from '@primer/octicons-react'
import { Link } from '@tanstack/react-router'
import { Nothing } from './states.tsx'

export function Missing() {
  return (
    <Nothing icon={SearchIcon} title="There is no such page">
      It may have moved.{' '}
      <Anchor component={Link} to="/">
        Go home
      </Anchor>
    </Nothing>
  )
}
