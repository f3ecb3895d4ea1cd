import { Modal, Stack, Switch, TagsInput, TextInput } from '@mantine/core'
import type { Found } from '@mintmark/client'
import { notificationKinds, type webhooks } from '@mintmark/contract'
import { type FormEvent, useState } from 'react'
import { FormEnd } from '../parts/form-end.tsx'
import { useSave } from '../parts/saving.ts'
import { KnownWord } from './revealed-text.tsx'

export type Webhook = Found<typeof webhooks>

export interface WebhookInput {
  readonly url: string
  readonly kinds: string[] | null
  readonly status: 'Active' | 'Disabled'
}

interface WebhookForm {
  /** Null: a new one. */
  readonly webhook: Webhook | null
  readonly opened: boolean
  readonly onSave: (webhook: Webhook | null, wish: WebhookInput) => Promise<void>
  readonly onClose: () => void
}

export function WebhookForm({ webhook, opened, onSave, onClose }: WebhookForm) {
  return (
    <Modal opened={opened} onClose={onClose} title={webhook ? 'Edit webhook' : 'Add webhook'} centered>
      {opened && <Wish webhook={webhook} onSave={onSave} onClose={onClose} />}
    </Modal>
  )
}

const kindWords: Readonly<Record<string, string>> = notificationKinds
// A trial is sent whatever a webhook wants.
const choices = Object.keys(kindWords).filter((kind) => kind !== 'webhook.test')

function Wish({ webhook, onSave, onClose }: Omit<WebhookForm, 'opened'>) {
  const [url, setUrl] = useState(webhook?.url ?? '')
  const [isAll, setAll] = useState(webhook ? webhook.kinds === null : true)
  const [kinds, setKinds] = useState<string[]>(webhook?.kinds ?? ['token.leaked'])
  const [isActive, setActive] = useState(webhook?.status !== 'Disabled')
  const save = useSave()
  const submit = (event: FormEvent) => {
    event.preventDefault()
    const wish = { url: url.trim(), kinds: isAll ? null : kinds, status: isActive ? 'Active' : 'Disabled' } as const
    void save.run(() => onSave(webhook, wish))
  }
  return (
    <form onSubmit={submit}>
      <Stack gap={14}>
        <TextInput
          label="Address"
          description="https, and no password in it: it is shown in the list."
          placeholder="https://alerts.example.com/mintmark"
          inputMode="url"
          value={url}
          onChange={(event) => setUrl(event.currentTarget.value)}
          error={save.at('/data/attributes/url')}
          maxLength={2048}
          required
          withAsterisk={false}
          autoComplete="off"
          data-autofocus
        />
        <Switch label="All notifications" checked={isAll} onChange={(event) => setAll(event.currentTarget.checked)} />
        {!isAll && (
          <TagsInput
            label="Kinds"
            description="Only these are sent. One that is still to come can be typed: press Enter after it."
            placeholder={kinds.length === 0 ? 'Choose or type' : ''}
            data={choices}
            renderOption={({ option }) => <KnownWord word={option.value} about={kindWords[option.value]} />}
            value={kinds}
            onChange={setKinds}
            error={save.at('/data/attributes/kinds')}
            maxTags={50}
          />
        )}
        <Switch
          label="Active"
          description="While it is disabled nothing is sent, and what waited is given up."
          checked={isActive}
          onChange={(event) => setActive(event.currentTarget.checked)}
        />
        <FormEnd
          save={save}
          deed={webhook ? 'Save' : 'Add webhook'}
          disabled={url.trim() === '' || (!isAll && kinds.length === 0)}
          onCancel={onClose}
        />
      </Stack>
    </form>
  )
}
