/** The result of the latest delivery to a webhook, and of a test. */
import { Badge } from '@mantine/core'
import { auditEvents, type WebhookFailure, webhooks } from '@mintmark/contract'
import { useState } from 'react'
import { showToast } from '../parts/toast.ts'
import { errorMessage } from '../parts/use-save.ts'
import { invalidate } from '../queries.ts'
import { call } from '../server.ts'
import type { Webhook } from './webhook-dialog.tsx'

const failureTexts: Readonly<Record<WebhookFailure, string>> = {
  status: 'Error response',
  timeout: 'Timed out',
  refused: 'Connection refused',
  tls: 'TLS error',
  dns: 'Host not found',
  address: 'Address not public',
  unreachable: 'Unreachable',
}

/** Returns why the latest attempt failed; null if it succeeded or there was none. */
const failureText = ({ lastFailure, lastStatus }: Webhook): string | null =>
  lastFailure ? `${failureTexts[lastFailure]}${lastFailure === 'status' && lastStatus ? `: ${lastStatus}` : ''}` : null

export function WebhookResult({ of, isTesting }: { of: Webhook; isTesting: boolean }) {
  const failure = failureText(of)
  if (isTesting) return <Badge color="gray">Testing…</Badge>
  if (failure) return <Badge color="red">{failure}</Badge>
  return of.lastStatus ? <Badge>{of.lastStatus}</Badge> : <span className="quiet">No deliveries yet</span>
}

/** Longer than an attempt takes, which is at most 15 seconds. */
const secondsMax = 25

/** Sends a test notification. Resolves to the webhook after the attempt; null if there is no result yet. */
async function testWebhook(id: string): Promise<Webhook | null> {
  const show = () => call(webhooks, 'show', { path: { webhook: id } })
  const { lastAttemptAt } = await show()
  await call(webhooks, 'test', { path: { webhook: id } })
  for (let seconds = 0; seconds < secondsMax; seconds++) {
    await new Promise((resolve) => setTimeout(resolve, 1_000))
    const webhook = await show()
    if (webhook.lastAttemptAt !== lastAttemptAt) return webhook
  }
  return null
}

/** Sends test notifications and shows their results as toasts. `testing` contains the IDs of webhooks without a result yet. */
export function useWebhookTest() {
  const [testing, setTesting] = useState<ReadonlySet<string>>(new Set())
  const test = async ({ id, url }: Webhook) => {
    if (testing.has(id)) return
    setTesting((before) => new Set(before).add(id))
    try {
      const webhook = await testWebhook(id)
      const failure = webhook && failureText(webhook)
      if (!webhook) showToast({ message: `The test notification to ${url} is queued. It has no result yet.` })
      else if (failure) showToast({ color: 'red', message: `The test notification to ${url} failed. ${failure}.` })
      else showToast({ message: `Delivered a test notification to ${url}.` })
    } catch (error) {
      showToast({ color: 'red', message: errorMessage(error) })
    }
    setTesting((before) => new Set([...before].filter((each) => each !== id)))
    await invalidate(webhooks, auditEvents)
  }
  return { testing, test }
}
