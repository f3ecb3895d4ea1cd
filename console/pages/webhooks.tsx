/** The webhooks that receive the notifications of the account. */

import { Badge, Text } from '@mantine/core'
import { auditEvents, webhooks } from '@mintmark/contract'
import { BeakerIcon, PencilIcon, PlusIcon, SyncIcon, TrashIcon, WebhookIcon } from '@primer/octicons-react'
import { useState } from 'react'
import type { Webhook, WebhookInput } from '../leaks/webhook-dialog.tsx'
import { useWebhookTest, WebhookResult } from '../leaks/webhook-result.tsx'
import { ActionButton, ActionIconButton } from '../parts/action-button.tsx'
import { type Confirmation, ConfirmDialog } from '../parts/confirm.tsx'
import { lazyComponent } from '../parts/lazy-component.tsx'
import { Listing } from '../parts/listing.tsx'
import { OneTimeSecret } from '../parts/one-time-secret.tsx'
import { Page } from '../parts/page.tsx'
import type { Column } from '../parts/records.tsx'
import { EmptyState } from '../parts/states.tsx'
import { Time } from '../parts/time.tsx'
import { showToast } from '../parts/toast.ts'
import { invalidate } from '../queries.ts'
import { call } from '../server.ts'
import { useAccount } from '../session/account.ts'
import { useDenialReason } from '../session/rights.ts'

const WebhookDialog = lazyComponent(async () => (await import('../leaks/webhook-dialog.tsx')).WebhookDialog)

/** The secret exists only in this state, until the dialog is closed. */
type OpenDialog =
  | { readonly what: 'nothing' }
  | { readonly what: 'form'; readonly webhook: Webhook | null }
  | { readonly what: 'shown'; readonly url: string; readonly secret: string; readonly isNew: boolean }

export function Webhooks() {
  const account = useAccount()
  const denialReason = useDenialReason()
  const [dialog, setDialog] = useState<OpenDialog>({ what: 'nothing' })
  const [confirmation, setConfirmation] = useState<Confirmation | null>(null)
  const { testing, test } = useWebhookTest()
  const at = { account: account.id }
  const updateDisabledReason = denialReason('notification-webhooks:update', at)
  const nothing = () => setDialog({ what: 'nothing' })

  const save = async (webhook: Webhook | null, input: WebhookInput) => {
    if (webhook) await call(webhooks, 'update', { path: { webhook: webhook.id }, input })
    const created = webhook ? null : await call(webhooks, 'create', { input: { ...input, accountId: account.id } })
    await invalidate(webhooks, auditEvents)
    if (created) setDialog({ what: 'shown', url: created.url ?? '', secret: created.secret ?? '', isNew: true })
    else nothing()
  }
  const rotate = ({ id, url = '' }: Webhook): Confirmation => ({
    title: `Rotate the secret of webhook “${url}”?`,
    submitLabel: 'Rotate secret',
    children: (
      <>
        For 24 hours, notifications to <b className="break">{url}</b> are signed with both the old and the new secret,
        so you can update the receiver.
      </>
    ),
    onConfirm: async () => {
      const { secret = '' } = await call(webhooks, 'rotateSecret', { path: { webhook: id } })
      setDialog({ what: 'shown', url, secret, isNew: false })
      await invalidate(webhooks, auditEvents)
    },
  })
  const remove = ({ id, url = '' }: Webhook): Confirmation => ({
    title: `Delete webhook “${url}”?`,
    submitLabel: 'Delete webhook',
    children: (
      <>
        Notifications are no longer sent to <b className="break">{url}</b>, and pending deliveries are dropped.
      </>
    ),
    onConfirm: async () => {
      await call(webhooks, 'remove', { path: { webhook: id } })
      showToast({ message: `Deleted webhook ${url}.` })
      await invalidate(webhooks, auditEvents)
    },
  })
  const actions = (webhook: Webhook) => (
    <>
      <ActionIconButton
        name={`Test ${webhook.url}`}
        disabledReason={updateDisabledReason ?? (webhook.status === 'Active' ? null : 'The webhook is disabled.')}
        onClick={() => void test(webhook)}
      >
        <BeakerIcon />
      </ActionIconButton>
      <ActionIconButton
        name={`Rotate secret of ${webhook.url}`}
        disabledReason={updateDisabledReason}
        onClick={() => setConfirmation(rotate(webhook))}
      >
        <SyncIcon />
      </ActionIconButton>
      <ActionIconButton
        name={`Edit ${webhook.url}`}
        disabledReason={updateDisabledReason}
        onClick={() => setDialog({ what: 'form', webhook })}
      >
        <PencilIcon />
      </ActionIconButton>
      <ActionIconButton
        name={`Delete ${webhook.url}`}
        color="red"
        disabledReason={denialReason('notification-webhooks:delete', at)}
        onClick={() => setConfirmation(remove(webhook))}
      >
        <TrashIcon />
      </ActionIconButton>
    </>
  )
  return (
    <Page
      title="Webhooks"
      parent={{ to: `/${account.id}/leak-reports`, label: 'Leak reports' }}
      about="Send notifications to your own tools. Deliveries are signed (Standard Webhooks) and retried for three to four days."
      actions={
        <ActionButton
          leftSection={<PlusIcon />}
          disabledReason={denialReason('notification-webhooks:create', at)}
          onClick={() => setDialog({ what: 'form', webhook: null })}
        >
          Add webhook
        </ActionButton>
      }
    >
      <Listing
        label="Webhooks"
        of={webhooks}
        operation="list"
        request={{ filters: { account: account.id } }}
        columns={columns(testing)}
        actions={actions}
        filters={[
          {
            name: 'status',
            label: 'Status',
            options: ['Active', 'Disabled'].map((value) => ({ value, label: value })),
          },
        ]}
        sort="-createdAt"
        empty={
          <EmptyState icon={WebhookIcon} title="No webhooks yet">
            Add the URL of your chat, pager or ticket system to get notified about leaks within seconds.
          </EmptyState>
        }
      />
      <WebhookDialog
        webhook={dialog.what === 'form' ? dialog.webhook : null}
        opened={dialog.what === 'form'}
        onSave={save}
        onClose={nothing}
      />
      <OneTimeSecret
        title="Webhook secret"
        name="webhook secret"
        kind="secret"
        secret={dialog.what === 'shown' ? dialog.secret : null}
        onClose={nothing}
        about={
          dialog.what === 'shown' && (
            <>
              The receiver at <b className="break">{dialog.url}</b> uses this secret to verify notifications from
              Mintmark.
              {!dialog.isNew && ' The old secret keeps working for 24 hours.'}
            </>
          )
        }
      />
      <ConfirmDialog of={confirmation} onClose={() => setConfirmation(null)} />
    </Page>
  )
}

const columns = (testing: ReadonlySet<string>): readonly Column<Webhook>[] => [
  {
    name: 'URL',
    sort: 'url',
    cell: ({ url, kinds }) => (
      <>
        <Text fw={600} className="break">
          {url}
        </Text>
        <Text size="sm" c="dimmed" className="break">
          {kinds ? kinds.join(', ') || 'No notifications' : 'All notifications'}
        </Text>
      </>
    ),
  },
  { name: 'Status', cell: ({ status }) => <Badge color={status === 'Active' ? 'mint' : 'gray'}>{status}</Badge> },
  {
    name: 'Last response',
    cell: (webhook) => <WebhookResult of={webhook} isTesting={testing.has(webhook.id)} />,
  },
  { name: 'Last delivered', cell: ({ lastDeliveredAt }) => <Time at={lastDeliveredAt} /> },
  { name: 'Created', sort: 'createdAt', cell: ({ createdAt }) => <Time at={createdAt} /> },
]
