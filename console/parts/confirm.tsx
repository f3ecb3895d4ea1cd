/** A confirmation dialog for actions that cannot be undone. */
import { Checkbox, Modal, Stack, Text, TextInput } from '@mantine/core'
import { type FormEvent, type ReactNode, useState } from 'react'
import { useRestoreFocus } from './focus.ts'
import { FormActions } from './form-actions.tsx'
import { useSave } from './use-save.ts'

export interface Confirmation {
  readonly title: ReactNode
  readonly children: ReactNode
  readonly submitLabel: string
  readonly onConfirm: () => Promise<unknown>
  /** A text that must be typed first, for actions with a large impact. */
  readonly typedConfirmation?: string
  /** A checkbox that must be checked first. */
  readonly checkboxLabel?: string
}

export function ConfirmDialog({ of, onClose }: { of: Confirmation | null; onClose: () => void }) {
  return (
    <Modal opened={of !== null} onClose={onClose} title={of?.title} size="md" centered>
      {of && <ConfirmForm of={of} onClose={onClose} />}
    </Modal>
  )
}

function ConfirmForm({ of, onClose }: { of: Confirmation; onClose: () => void }) {
  const save = useSave()
  const [typed, setTyped] = useState('')
  const [ticked, setTicked] = useState(false)
  useRestoreFocus()
  const ready = (!of.typedConfirmation || typed.trim() === of.typedConfirmation) && (!of.checkboxLabel || ticked)
  const submit = async (event: FormEvent) => {
    event.preventDefault()
    if (ready && (await save.run(async () => ({ done: await of.onConfirm() })))) onClose()
  }
  return (
    <form onSubmit={submit}>
      <Stack gap={16}>
        <Text component="div">{of.children}</Text>
        {of.typedConfirmation && (
          <TextInput
            label={
              <>
                Type <span className="mono">{of.typedConfirmation}</span> to confirm
              </>
            }
            value={typed}
            onChange={(event) => setTyped(event.currentTarget.value)}
            autoComplete="off"
            data-autofocus
          />
        )}
        {of.checkboxLabel && (
          <Checkbox
            label={of.checkboxLabel}
            checked={ticked}
            onChange={(event) => setTicked(event.currentTarget.checked)}
          />
        )}
        <FormActions
          save={save}
          submitLabel={of.submitLabel}
          disabled={!ready}
          onCancel={onClose}
          isDanger
          initialFocus={of.typedConfirmation ? undefined : 'cancel'}
        />
      </Stack>
    </form>
  )
}
