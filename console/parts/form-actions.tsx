/** The end of a form: errors that belong to no field, the cancel button and the submit button. */
import { Button, Group } from '@mantine/core'
import type { ReactNode } from 'react'
import { RestoreFocus } from './focus.ts'
import { ErrorAlert } from './states.tsx'
import type { Save } from './use-save.ts'

interface FormActions {
  readonly save: Pick<Save, 'busy' | 'otherErrors'>
  readonly submitLabel: ReactNode
  readonly disabled?: boolean
  readonly onCancel: () => void
  readonly cancelLabel?: string
  /** Whether the action is destructive. */
  readonly isDanger?: boolean
  /** Which button gets the focus in a dialog without fields. */
  readonly initialFocus?: 'cancel' | 'submit' | undefined
  /** Whether the form is part of a page instead of a dialog. Its buttons are larger. */
  readonly isPage?: boolean
}

export function FormActions({
  save,
  submitLabel,
  disabled = false,
  onCancel,
  cancelLabel = 'Cancel',
  ...how
}: FormActions) {
  const size = how.isPage ? 'sm' : 'xs'
  const cancelButton = (
    <Button variant="default" size={size} onClick={onCancel} {...autofocusIf(how.initialFocus === 'cancel')}>
      {cancelLabel}
    </Button>
  )
  const submitButton = (
    <Button
      type="submit"
      size={size}
      {...(how.isDanger && { color: 'red' })}
      loading={save.busy}
      disabled={disabled}
      {...autofocusIf(how.initialFocus === 'submit')}
    >
      {submitLabel}
    </Button>
  )
  return (
    <>
      <ErrorAlert text={save.otherErrors()} />
      <Group justify="flex-end" gap={8}>
        {cancelButton}
        {submitButton}
        {/* A dialog that loaded after its button was pressed does not know which element to return the focus to. */}
        {!how.isPage && <RestoreFocus />}
      </Group>
    </>
  )
}

const autofocusIf = (isInitial: boolean) => (isInitial ? { 'data-autofocus': true } : {})
