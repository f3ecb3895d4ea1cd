import { Button } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import { CenteredPage } from './centered-page.tsx'

export function NotFound() {
  return (
    <CenteredPage title="Page not found" about="Check the address or go to the home page.">
      <Button component={Link} to="/" variant="default" size="sm" fullWidth>
        Go home
      </Button>
    </CenteredPage>
  )
}
