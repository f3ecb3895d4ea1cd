/** Asks before what cannot be undone, naming what it is about. The button says what happens. */
import { Checkbox, Modal, Stack, Text, TextInput } from '@mantine/core'
import { type FormEvent, type ReactNode, useState } from 'react'
import { useFocusBack } from './focus.ts'
import { FormEnd } from './form-end.tsx'
import { useSave } from './saving.ts'

export interface Confirmation {
  readonly title: string
  readonly children: ReactNode
  readonly deed: string
  readonly run: () => Promise<unknown>
  /** Has to be typed first, for what ends much at once. */
  readonly typed?: string
  /** Has to be ticked first. */
  readonly ticked?: string
}

export function Confirm({ of, onClose }: { of: Confirmation | null; onClose: () => void }) {
  return (
    <Modal opened={of !== null} onClose={onClose} title={of?.title} size="md" centered>
      {of && <Question of={of} onClose={onClose} />}
    </Modal>
  )
}

function Question({ of, onClose }: { of: Confirmation; onClose: () => void }) {
  const save = useSave()
  const [typed, setTyped] = useState('')
  const [ticked, setTicked] = useState(false)
  useFocusBack()
  const ready = (!of.typed || typed.trim() === of.typed) && (!of.ticked || ticked)
  const submit = async (event: FormEvent) => {
    event.preventDefault()
    if (ready && (await save.run(async () => ({ done: await of.run() })))) onClose()
  }
  return (
    <form onSubmit={submit}>
      <Stack gap={16}>
        <Text component="div">{of.children}</Text>
        {of.typed && (
          <TextInput
            label={
              <>
                Type <span className="mono">{of.typed}</span> to confirm
              </>
            }
            value={typed}
            onChange={(event) => setTyped(event.currentTarget.value)}
            autoComplete="off"
            data-autofocus
          />
        )}
        {of.ticked && (
          <Checkbox label={of.ticked} checked={ticked} onChange={(event) => setTicked(event.currentTarget.checked)} />
        )}
        <FormEnd
          save={save}
          deed={of.deed}
          disabled={!ready}
          onCancel={onClose}
          isDanger
          start={of.typed ? undefined : 'cancel'}
        />
      </Stack>
    </form>
  )
}
