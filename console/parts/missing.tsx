import { Button } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import { Outside } from './outside.tsx'

export function Missing() {
  return (
    <Outside title="There is no such page" about="It may have moved.">
      <Button component={Link} to="/" variant="default" size="sm" fullWidth>
        Go home
      </Button>
    </Outside>
  )
}
