/** How a form ends: what was refused and no field could show, the way out, and the deed. */
import { Button, Group } from '@mantine/core'
import type { ReactNode } from 'react'
import { FocusBack } from './focus.ts'
import type { Save } from './saving.ts'
import { Refusal } from './states.tsx'

interface FormEnd {
  readonly save: Pick<Save, 'busy' | 'rest'>
  readonly deed: ReactNode
  readonly disabled?: boolean
  readonly onCancel: () => void
  readonly cancel?: string
  /** It takes something away. */
  readonly isDanger?: boolean
  /** Where a dialog starts that asks for nothing first. */
  readonly start?: 'cancel' | 'deed' | undefined
  /** Of a page's own form, not a dialog's: the deed comes first. */
  readonly isPage?: boolean
}

export function FormEnd({ save, deed, disabled = false, onCancel, cancel = 'Cancel', ...how }: FormEnd) {
  const size = how.isPage ? 'sm' : 'xs'
  const out = (
    <Button variant="default" size={size} onClick={onCancel} {...startIf(how.start === 'cancel')}>
      {cancel}
    </Button>
  )
  const act = (
    <Button
      type="submit"
      size={size}
      {...(how.isDanger && { color: 'red' })}
      loading={save.busy}
      disabled={disabled}
      {...startIf(how.start === 'deed')}
    >
      {deed}
    </Button>
  )
  return (
    <>
      <Refusal text={save.rest()} />
      {how.isPage ? (
        <Group gap={8}>
          {act}
          {out}
        </Group>
      ) : (
        <Group justify="flex-end" gap={8}>
          {out}
          {act}
          {/* Of a dialog that came after its button was pressed, which it does not know. */}
          <FocusBack />
        </Group>
      )}
    </>
  )
}

const startIf = (isStart: boolean) => (isStart ? { 'data-autofocus': true } : {})
