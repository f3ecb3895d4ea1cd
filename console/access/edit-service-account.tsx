/** Edits the description and the owners of a service account. */

import { Stack } from '@mantine/core'
import type { Found } from '@mintmark/client'
import { auditEvents, serviceAccounts } from '@mintmark/contract'
import { type FormEvent, useState } from 'react'
import { DescriptionField } from '../parts/description-field.tsx'
import { FormActions } from '../parts/form-actions.tsx'
import { saveWithUndo } from '../parts/undo.tsx'
import { useSave } from '../parts/use-save.ts'
import { invalidate } from '../queries.ts'
import { call } from '../server.ts'
import { TeamSelect } from './team-select.tsx'

export function EditServiceAccount({ of, onClose }: { of: Found<typeof serviceAccounts>; onClose: () => void }) {
  const [description, setDescription] = useState(of.description ?? '')
  const [owners, setOwners] = useState<readonly string[]>(of.owners ?? [])
  const save = useSave()
  const submit = async (event: FormEvent) => {
    event.preventDefault()
    const change = {
      before: { description: of.description ?? null, owners: of.owners ?? [] },
      after: { description: description.trim() || null, owners: [...owners] },
      write: async (input: { description: string | null; owners: string[] }) => {
        const saved = await call(serviceAccounts, 'update', { path: { serviceAccount: of.id }, input })
        await invalidate(serviceAccounts, auditEvents)
        return saved
      },
      message: `Saved ${of.name}.`,
    }
    if (await save.run(() => saveWithUndo(change))) onClose()
  }
  return (
    <form onSubmit={submit}>
      <Stack gap={14}>
        <DescriptionField
          value={description}
          onChange={setDescription}
          save={save}
          minRows={2}
          maxRows={6}
          data-autofocus
        />
        <TeamSelect
          label="Owners"
          description="The teams responsible for this service account."
          value={owners}
          onChange={setOwners}
          error={save.errorAt('/data/relationships/owners')}
        />
        <FormActions save={save} submitLabel="Save changes" onCancel={onClose} />
      </Stack>
    </form>
  )
}
