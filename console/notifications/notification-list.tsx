/** The latest notifications, with links to what happened. */
import { Anchor, Button, Group, ScrollArea, Text } from '@mantine/core'
import { notifications } from '@mintmark/contract'
import { BellIcon } from '@primer/octicons-react'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useEffect, useRef } from 'react'
import { EmptyState, ErrorAlert, ErrorState, Loading } from '../parts/states.tsx'
import { Time } from '../parts/time.tsx'
import { useSave } from '../parts/use-save.ts'
import { invalidate, pageQuery } from '../queries.ts'
import { callAuth } from '../server.ts'
import { useAccount } from '../session/account.ts'
import { describeNotification, type Notification } from './notification-text.ts'

const latest = pageQuery(notifications, 'list', { sort: ['-at'], page: { number: 1, size: 20 } })

export function NotificationList({ unread, onClose }: { unread: number; onClose: () => void }) {
  const { data, error, refetch } = useQuery({ ...latest, staleTime: 0 })
  const save = useSave()
  const first = useRef<HTMLButtonElement>(null)
  // The list loads after the popover has moved the focus.
  useEffect(() => first.current?.focus(), [])
  const records = data?.records ?? []
  const markRead = () =>
    save.run(async () => {
      // Notifications that arrived since the list was loaded stay unread.
      const [{ at: until } = {}] = records
      await callAuth('POST /api/iacp/v3/notifications/actions/mark-read', { body: until ? { until } : {} })
      await invalidate(notifications)
    })
  return (
    <>
      <Group justify="space-between" px={14} py={8} className="bell-head">
        <Text component="h2" fw={600} m={0}>
          Notifications
        </Text>
        <Button
          variant="subtle"
          ref={first}
          loading={save.busy}
          aria-disabled={unread === 0}
          onClick={() => unread > 0 && void markRead()}
        >
          Mark all as read
        </Button>
      </Group>
      <ErrorAlert text={save.otherErrors()} />
      {!data && !error && <Loading rows={3} />}
      {!data && error && <ErrorState error={error} again={() => void refetch()} />}
      {data && records.length === 0 && (
        <EmptyState icon={BellIcon} title="No notifications">
          You are notified here about leaked and revoked tokens, disabled webhooks and changes to your sign-in.
        </EmptyState>
      )}
      {records.length > 0 && (
        <ScrollArea.Autosize mah="min(420px, 60vh)" type="auto" viewportProps={{ tabIndex: 0 }}>
          <ul className="notifications" aria-label="Latest notifications">
            {records.map((each) => (
              <Item key={each.id} of={each} onClose={onClose} />
            ))}
          </ul>
        </ScrollArea.Autosize>
      )}
    </>
  )
}

function Item({ of, onClose }: { of: Notification; onClose: () => void }) {
  const account = useAccount()
  const { text, to, search = {} } = describeNotification(of, account.id)
  return (
    <li data-unread={!of.isRead}>
      <Text className="break" fw={of.isRead ? 400 : 600}>
        {!of.isRead && <span className="hidden-text">Unread: </span>}
        {to ? (
          <Anchor component={Link} to={to} search={search as never} onClick={onClose} c="inherit">
            {text}
          </Anchor>
        ) : (
          text
        )}
      </Text>
      <Text size="sm" c="dimmed" component="div">
        <Time at={of.at} />
      </Text>
    </li>
  )
}
