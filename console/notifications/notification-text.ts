/** The text of a notification and the page that shows what happened. */
import type { Found } from '@mintmark/client'
import type { notifications } from '@mintmark/contract'

export type Notification = Found<typeof notifications>

interface Details {
  readonly token?: { readonly name?: string | null; readonly 'last-characters'?: string }
  readonly report?: string
  readonly 'token-count'?: number
}

interface Described {
  readonly text: string
  /** Undefined for kinds that this console does not know. */
  readonly to?: string
  readonly search?: Readonly<Record<string, string>>
}

/** `currentAccount`: for notifications of no account, which concern the sign-in of the user. */
export function describeNotification(of: Notification, currentAccount: string): Described {
  const account = `/${of.accountId ?? currentAccount}`
  const { token, report, 'token-count': count = 1 } = (of.data ?? {}) as Details
  const name = `${token?.name ? `“${token.name}” ` : ''}(…${token?.['last-characters'] ?? ''})`
  const events = { to: `${account}/audit-events`, search: { subjectId: of.subjectId ?? '' } }
  const page = { to: `${account}/tokens/${of.subjectId}` }
  switch (of.kind) {
    case 'token.leaked':
      return { text: `Token ${name} was leaked.`, to: `${account}/leak-reports/${report}` }
    case 'leaked-token.rotated':
      return { text: `Leaked token ${name} was rotated.`, ...page }
    case 'token.revoked':
      return count > 1
        ? { text: `${count} tokens of a user were revoked.`, ...events }
        : { text: `Token ${name} was revoked.`, ...page }
    case 'webhook.disabled':
      return { text: 'A webhook was disabled after repeated failures.', to: `${account}/leak-reports/webhooks` }
    case 'webhook.test':
      return { text: 'A webhook was tested.', to: `${account}/leak-reports/webhooks` }
    case 'sign-in.failed':
      return { text: 'Several attempts to sign in as you failed.', to: '/profile/sessions' }
    case 'credentials.changed':
      return { text: 'Your sign-in methods were changed.', to: '/profile/sign-in-methods' }
    default:
      return { text: of.kind ?? '' }
  }
}
