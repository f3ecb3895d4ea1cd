/** The description of a record: a text field that grows with its text. */
import { Textarea, type TextareaProps } from '@mantine/core'
import type { Save } from './use-save.ts'

interface DescriptionField extends Omit<TextareaProps, 'value' | 'onChange' | 'error'> {
  readonly value: string
  readonly onChange: (value: string) => void
  readonly save: Pick<Save, 'errorAt'>
}

export function DescriptionField({ onChange, save, ...rest }: DescriptionField) {
  return (
    <Textarea
      label="Description"
      maxLength={1024}
      autosize
      minRows={1}
      maxRows={5}
      {...rest}
      onChange={(event) => onChange(event.currentTarget.value)}
      error={save.errorAt('/data/attributes/description')}
    />
  )
}
