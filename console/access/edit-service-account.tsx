/** What can be changed of a service account: its description and the teams that answer for it. */

import { Stack, Textarea } from '@mantine/core'
import type { Found } from '@mintmark/client'
import { auditEvents, serviceAccounts } from '@mintmark/contract'
import { type FormEvent, useState } from 'react'
import { FormEnd } from '../parts/form-end.tsx'
import { useSave } from '../parts/saving.ts'
import { saveWithUndo } from '../parts/undo.tsx'
import { refresh } from '../queries.ts'
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
      wish: { description: description.trim() || null, owners: [...owners] },
      write: async (wish: { description: string | null; owners: string[] }) => {
        const saved = await call(serviceAccounts, 'update', { path: { serviceAccount: of.id }, wish })
        await refresh(serviceAccounts, auditEvents)
        return saved
      },
      message: `Saved ${of.name}.`,
    }
    if (await save.run(() => saveWithUndo(change))) onClose()
  }
  return (
    <form onSubmit={submit}>
      <Stack gap={14}>
        <Textarea
          label="Description"
          value={description}
          onChange={(event) => setDescription(event.currentTarget.value)}
          error={save.at('/data/attributes/description')}
          maxLength={1024}
          autosize
          minRows={2}
          maxRows={6}
          data-autofocus
        />
        <TeamSelect
          label="Owners"
          description="The teams that answer for it."
          value={owners}
          onChange={setOwners}
          error={save.at('/data/relationships/owners')}
        />
        <FormEnd save={save} deed="Save" onCancel={onClose} />
      </Stack>
    </form>
  )
}
