/** For forms: the reason why a form is read-only, and a warning before leaving with unsaved changes. */
import { Alert } from '@mantine/core'
import { LockIcon } from '@primer/octicons-react'
import { useBlocker } from '@tanstack/react-router'

export function ReadOnlyNotice({ reason }: { reason: string | null }) {
  return reason ? (
    <Alert color="gray" variant="light" icon={<LockIcon />}>
      {reason}
    </Alert>
  ) : null
}

export const useUnsavedChangesPrompt = (isDirty: boolean): void => {
  useBlocker({
    shouldBlockFn: () => isDirty && !window.confirm('You have unsaved changes. Leave without saving?'),
    enableBeforeUnload: () => isDirty,
  })
}
