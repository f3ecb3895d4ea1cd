/** Banners about the user's own tokens that were leaked, or revoked by somebody else, in the last 30 days. */
import { Alert, Anchor, Stack } from '@mantine/core'
import type { Found } from '@mintmark/client'
import { notifications } from '@mintmark/contract'
import { AlertIcon } from '@primer/octicons-react'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { formatDateTime } from '../parts/time.tsx'
import { pageQuery } from '../queries.ts'
import { useAccount } from '../session/account.ts'
import { useSession } from '../session/session.ts'
import { now } from '../world.ts'

type Notification = Found<typeof notifications>

const days = 30
const shownMax = 3
const dayMilliseconds = 86_400_000
const storageKey = 'mintmark-dismissed-notices'

export function TokenNotices() {
  const { user } = useSession()
  const [dismissed, setDismissed] = useState(readDismissed)
  // Whole days, so that the query stays the same.
  const after = new Date((Math.floor(now().getTime() / dayMilliseconds) - days) * dayMilliseconds).toISOString()
  const { data } = useQuery(
    pageQuery(notifications, 'list', {
      filters: { ownerId: user.id, kind: 'in:token.leaked,token.revoked', after },
      sort: ['-at'],
      page: { number: 1, size: 100 },
    }),
  )
  const notices = newestPerToken(data?.records ?? []).filter(({ id }) => !dismissed.includes(id))
  if (notices.length === 0) return null
  const dismiss = (id: string) => {
    const listed = new Set(data?.records.map((record) => record.id))
    const kept = [...dismissed.filter((each) => listed.has(each)), id]
    writeDismissed(kept)
    setDismissed(kept)
  }
  return (
    <Stack gap={12}>
      {notices.slice(0, shownMax).map((notice) => (
        <Notice key={notice.id} of={notice} onDismiss={() => dismiss(notice.id)} />
      ))}
    </Stack>
  )
}

/** Several accounts can be notified of the same event. */
function newestPerToken(records: readonly Notification[]): readonly Notification[] {
  const byToken = new Map<string, Notification>()
  for (const record of records) {
    const key = `${record.kind} ${record.subjectId}`
    if (!byToken.has(key)) byToken.set(key, record)
  }
  return [...byToken.values()]
}

const outcomes: Readonly<Record<string, string>> = {
  revoked: 'It was revoked. Replace it where it was used.',
  expiring: 'It will be revoked after the grace period. Replace it where it is used.',
  notified: 'It still works. Rotate it, or revoke it if it is no longer needed.',
}

interface Details {
  readonly token?: { readonly name?: string | null; readonly 'last-characters'?: string }
  readonly report?: string
  readonly 'action-taken'?: string
}

function Notice({ of, onDismiss }: { of: Notification; onDismiss: () => void }) {
  const account = useAccount()
  const { token, report, 'action-taken': action = '' } = (of.data ?? {}) as Details
  const name = `${token?.name ? `“${token.name}” ` : ''}(…${token?.['last-characters'] ?? ''})`
  const at = formatDateTime(of.at ?? '')
  const isLeak = of.kind === 'token.leaked'
  return (
    <Alert
      color={isLeak ? 'red' : 'yellow'}
      variant="light"
      icon={<AlertIcon />}
      title={isLeak ? 'Your token was leaked' : 'Your token was revoked'}
      withCloseButton
      closeButtonLabel={`Dismiss: token ${name}`}
      onClose={onDismiss}
    >
      {isLeak
        ? `Your token ${name} was reported as leaked on ${at}. ${outcomes[action] ?? ''} `
        : `Your token ${name} was revoked by someone else on ${at}. Requests that use it fail. `}
      {isLeak && report && (
        <Anchor component={Link} to={`/${account.id}/leak-reports/${report}`} c="inherit" underline="always">
          View leak report
        </Anchor>
      )}
      {!isLeak && (
        <Anchor component={Link} to={`/${account.id}/tokens/${of.subjectId}`} c="inherit" underline="always">
          View token
        </Anchor>
      )}
    </Alert>
  )
}

function readDismissed(): readonly string[] {
  try {
    const stored: unknown = JSON.parse(localStorage.getItem(storageKey) ?? '[]')
    return Array.isArray(stored) ? stored.filter((id) => typeof id === 'string') : []
  } catch {
    return []
  }
}

function writeDismissed(ids: readonly string[]): void {
  try {
    localStorage.setItem(storageKey, JSON.stringify(ids))
  } catch {
    // Without storage, the banners are back after a reload.
  }
}
