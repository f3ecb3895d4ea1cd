import { Modal, Stack, Switch, TagsInput, TextInput } from '@mantine/core'
import type { Found } from '@mintmark/client'
import { notificationKinds, type webhooks } from '@mintmark/contract'
import { type FormEvent, useState } from 'react'
import { FormActions } from '../parts/form-actions.tsx'
import { useSave } from '../parts/use-save.ts'
import { OptionWithDescription } from './option-with-description.tsx'

export type Webhook = Found<typeof webhooks>

export interface WebhookInput {
  readonly url: string
  readonly kinds: string[] | null
  readonly status: 'Active' | 'Disabled'
}

interface WebhookDialog {
  /** Null for a new webhook. */
  readonly webhook: Webhook | null
  readonly opened: boolean
  readonly onSave: (webhook: Webhook | null, input: WebhookInput) => Promise<void>
  readonly onClose: () => void
}

export function WebhookDialog({ webhook, opened, onSave, onClose }: WebhookDialog) {
  return (
    <Modal opened={opened} onClose={onClose} title={webhook ? `Edit webhook “${webhook.url}”` : 'Add webhook'} centered>
      {opened && <WebhookFields webhook={webhook} onSave={onSave} onClose={onClose} />}
    </Modal>
  )
}

const kindDescriptions: Readonly<Record<string, string>> = notificationKinds
// Test notifications are sent regardless of the selected types.
const choices = Object.keys(kindDescriptions).filter((kind) => kind !== 'webhook.test')

function WebhookFields({ webhook, onSave, onClose }: Omit<WebhookDialog, 'opened'>) {
  const [url, setUrl] = useState(webhook?.url ?? '')
  const [isAll, setAll] = useState(webhook ? webhook.kinds === null : true)
  const [kinds, setKinds] = useState<string[]>(webhook?.kinds ?? ['token.leaked'])
  const [isActive, setActive] = useState(webhook?.status !== 'Disabled')
  const save = useSave()
  const submit = (event: FormEvent) => {
    event.preventDefault()
    const input = { url: url.trim(), kinds: isAll ? null : kinds, status: isActive ? 'Active' : 'Disabled' } as const
    void save.run(() => onSave(webhook, input))
  }
  return (
    <form onSubmit={submit}>
      <Stack gap={14}>
        <TextInput
          label="URL"
          description="HTTPS and a public address, without credentials. Administrators can see the URL."
          placeholder="https://alerts.example.com/mintmark"
          inputMode="url"
          value={url}
          onChange={(event) => setUrl(event.currentTarget.value)}
          error={save.errorAt('/data/attributes/url')}
          maxLength={2048}
          required
          withAsterisk={false}
          autoComplete="off"
          data-autofocus
        />
        <Switch label="All notifications" checked={isAll} onChange={(event) => setAll(event.currentTarget.checked)} />
        {!isAll && (
          <TagsInput
            label="Notification types"
            description="Only these are sent. To add a type that is not listed, type it and press Enter."
            placeholder={kinds.length === 0 ? 'Select or type' : ''}
            data={choices}
            renderOption={({ option }) => (
              <OptionWithDescription value={option.value} description={kindDescriptions[option.value]} />
            )}
            value={kinds}
            onChange={setKinds}
            error={save.errorAt('/data/attributes/kinds')}
            maxTags={50}
          />
        )}
        <Switch
          label="Active"
          description="While disabled, nothing is sent and pending deliveries are dropped."
          checked={isActive}
          onChange={(event) => setActive(event.currentTarget.checked)}
        />
        <FormActions
          save={save}
          submitLabel={webhook ? 'Save changes' : 'Add webhook'}
          disabled={url.trim() === '' || (!isAll && kinds.length === 0)}
          onCancel={onClose}
        />
      </Stack>
    </form>
  )
}
