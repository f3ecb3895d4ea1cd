/** Addresses that are told what the account ought to know, such as a leak. */

import { Badge, Text } from '@mantine/core'
import { auditEvents, webhooks } from '@mintmark/contract'
import { BeakerIcon, PencilIcon, PlusIcon, SyncIcon, TrashIcon, WebhookIcon } from '@primer/octicons-react'
import { useState } from 'react'
import type { Webhook, WebhookInput } from '../leaks/webhook-form.tsx'
import { ActionButton, ActionIconButton } from '../parts/action-button.tsx'
import { Confirm, type Confirmation } from '../parts/confirm.tsx'
import { fetched } from '../parts/fetched.tsx'
import { Listing } from '../parts/listing.tsx'
import { OneTimeSecret } from '../parts/one-time-secret.tsx'
import { Page } from '../parts/page.tsx'
import type { Column } from '../parts/records.tsx'
import { inWords } from '../parts/saving.ts'
import { Nothing } from '../parts/states.tsx'
import { Time } from '../parts/time.tsx'
import { showToast } from '../parts/toast.ts'
import { refresh } from '../queries.ts'
import { call } from '../server.ts'
import { useAccount } from '../session/account.ts'
import { useWhyNot } from '../session/rights.ts'

const WebhookForm = fetched(async () => (await import('../leaks/webhook-form.tsx')).WebhookForm)

/** The secret goes when the dialog closes: it is nowhere else. */
type Doing =
  | { readonly what: 'nothing' }
  | { readonly what: 'form'; readonly webhook: Webhook | null }
  | { readonly what: 'shown'; readonly url: string; readonly secret: string; readonly isNew: boolean }

export function Webhooks() {
  const account = useAccount()
  const whyNot = useWhyNot()
  const [doing, setDoing] = useState<Doing>({ what: 'nothing' })
  const [confirmation, setConfirmation] = useState<Confirmation | null>(null)
  const at = { account: account.id }
  const whyNoUpdate = whyNot('notification-webhooks:update', at)
  const nothing = () => setDoing({ what: 'nothing' })

  const save = async (webhook: Webhook | null, wish: WebhookInput) => {
    if (webhook) await call(webhooks, 'update', { path: { webhook: webhook.id }, wish })
    const made = webhook ? null : await call(webhooks, 'create', { wish: { ...wish, accountId: account.id } })
    await refresh(webhooks, auditEvents)
    if (made) setDoing({ what: 'shown', url: made.url ?? '', secret: made.secret ?? '', isNew: true })
    else nothing()
  }
  const tryOut = async ({ id, url }: Webhook) => {
    try {
      await call(webhooks, 'test', { path: { webhook: id } })
      showToast({ message: `A trial is on its way to ${url}. What it answers stands in this list.` })
    } catch (error) {
      showToast({ color: 'red', message: inWords(error) })
    }
    await refresh(webhooks, auditEvents)
  }
  const rotate = ({ id, url = '' }: Webhook): Confirmation => ({
    title: 'Make a new secret?',
    deed: 'Make a new secret',
    children: (
      <>
        What is sent to <b className="break">{url}</b> is signed with the old one too for 24 hours, so that you can
        change over in peace.
      </>
    ),
    run: async () => {
      const { secret = '' } = await call(webhooks, 'rotateSecret', { path: { webhook: id } })
      setDoing({ what: 'shown', url, secret, isNew: false })
      await refresh(webhooks, auditEvents)
    },
  })
  const remove = ({ id, url = '' }: Webhook): Confirmation => ({
    title: 'Delete this webhook?',
    deed: 'Delete webhook',
    children: (
      <>
        Nothing more is sent to <b className="break">{url}</b>, and what waits is given up.
      </>
    ),
    run: async () => {
      await call(webhooks, 'remove', { path: { webhook: id } })
      showToast({ message: `Deleted the webhook ${url}.` })
      await refresh(webhooks, auditEvents)
    },
  })
  const acts = (webhook: Webhook) => (
    <>
      <ActionIconButton
        name={`Try ${webhook.url}`}
        why={whyNoUpdate ?? (webhook.status === 'Active' ? null : 'It is disabled: nothing is sent to it.')}
        onClick={() => void tryOut(webhook)}
      >
        <BeakerIcon />
      </ActionIconButton>
      <ActionIconButton
        name={`New secret for ${webhook.url}`}
        why={whyNoUpdate}
        onClick={() => setConfirmation(rotate(webhook))}
      >
        <SyncIcon />
      </ActionIconButton>
      <ActionIconButton
        name={`Edit ${webhook.url}`}
        why={whyNoUpdate}
        onClick={() => setDoing({ what: 'form', webhook })}
      >
        <PencilIcon />
      </ActionIconButton>
      <ActionIconButton
        name={`Delete ${webhook.url}`}
        color="red"
        why={whyNot('notification-webhooks:delete', at)}
        onClick={() => setConfirmation(remove(webhook))}
      >
        <TrashIcon />
      </ActionIconButton>
    </>
  )
  return (
    <Page
      title="Webhooks"
      back={{ to: `/${account.id}/leak-reports`, label: 'Leak reports' }}
      about="Whoever keeps watch is told in their own tools: notifications are sent as they come, signed as Standard Webhooks asks, and tried again for three days."
      acts={
        <ActionButton
          leftSection={<PlusIcon />}
          why={whyNot('notification-webhooks:create', at)}
          onClick={() => setDoing({ what: 'form', webhook: null })}
        >
          Add webhook
        </ActionButton>
      }
    >
      <Listing
        label="Webhooks"
        of={webhooks}
        operation="list"
        asked={{ filters: { account: account.id } }}
        columns={columns}
        acts={acts}
        choices={[
          {
            name: 'status',
            label: 'Any status',
            options: ['Active', 'Disabled'].map((value) => ({ value, label: value })),
          },
        ]}
        sort="-createdAt"
        empty={
          <Nothing icon={WebhookIcon} title="No webhooks yet">
            Add the address of your chat, pager or ticket system, and be told of leaks within seconds.
          </Nothing>
        }
      />
      <WebhookForm
        webhook={doing.what === 'form' ? doing.webhook : null}
        opened={doing.what === 'form'}
        onSave={save}
        onClose={nothing}
      />
      <OneTimeSecret
        title="The secret of this webhook"
        name="webhook secret"
        kind="secret"
        secret={doing.what === 'shown' ? doing.secret : null}
        onClose={nothing}
        about={
          doing.what === 'shown' && (
            <>
              With it the receiver at <b className="break">{doing.url}</b> checks that a notification comes from here.
              {!doing.isNew && ' The old one signs beside it for 24 hours.'}
            </>
          )
        }
      />
      <Confirm of={confirmation} onClose={() => setConfirmation(null)} />
    </Page>
  )
}

const failures = { status: 'It was not taken', timeout: 'No answer in time', unreachable: 'Out of reach' }

const columns: readonly Column<Webhook>[] = [
  {
    name: 'Address',
    sort: 'url',
    cell: ({ url, kinds }) => (
      <>
        <Text fw={600} className="break">
          {url}
        </Text>
        <Text size="sm" c="dimmed" className="break">
          {kinds ? kinds.join(', ') || 'no notifications' : 'all notifications'}
        </Text>
      </>
    ),
  },
  { name: 'Status', cell: ({ status }) => <Badge color={status === 'Active' ? 'mint' : 'gray'}>{status}</Badge> },
  {
    name: 'Newest answer',
    cell: ({ lastStatus, lastFailure }) =>
      lastFailure ? (
        <Badge color="red">
          {failures[lastFailure]}
          {lastFailure === 'status' && lastStatus ? `: ${lastStatus}` : ''}
        </Badge>
      ) : lastStatus ? (
        <Badge>{lastStatus}</Badge>
      ) : (
        <span className="quiet">nothing was sent yet</span>
      ),
  },
  { name: 'Last taken', cell: ({ lastDeliveredAt }) => <Time at={lastDeliveredAt} /> },
  { name: 'Created', sort: 'createdAt', cell: ({ createdAt }) => <Time at={createdAt} /> },
]
