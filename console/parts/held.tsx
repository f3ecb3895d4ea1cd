/** What a form says that may not be filled in, and what it asks whoever leaves it with changes. */
import { Alert } from '@mantine/core'
import { LockIcon } from '@primer/octicons-react'
import { useBlocker } from '@tanstack/react-router'

export function Held({ why }: { why: string | null }) {
  return why ? (
    <Alert color="gray" variant="light" icon={<LockIcon />}>
      {why}
    </Alert>
  ) : null
}

export const useLeaving = (isDirty: boolean): void => {
  useBlocker({
    shouldBlockFn: () => isDirty && !window.confirm('What you changed is not saved yet. Leave all the same?'),
    enableBeforeUnload: () => isDirty,
  })
}
