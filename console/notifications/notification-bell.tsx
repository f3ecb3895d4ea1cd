/** The bell in the header: the number of unread notifications, and the list of the latest ones. */
import { ActionIcon, Popover, Tooltip } from '@mantine/core'
import { notifications } from '@mintmark/contract'
import { BellIcon } from '@primer/octicons-react'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { lazyComponent } from '../parts/lazy-component.tsx'
import { pageQuery } from '../queries.ts'
import { rightsQuery } from '../session/rights.ts'

const NotificationList = lazyComponent(async () => (await import('./notification-list.tsx')).NotificationList)

const pollMilliseconds = 60_000
const shownMax = 99

export function NotificationBell() {
  const [isOpen, setOpen] = useState(false)
  // The first number comes with the rights, which every page requests. Polling pauses while the page is hidden.
  const { data: rights, dataUpdatedAt } = useQuery(rightsQuery)
  const { data } = useQuery({
    ...pageQuery(notifications, 'list', { filters: { isRead: 'false' }, page: { number: 1, size: 1 } }),
    enabled: rights !== undefined,
    ...(rights && {
      initialData: { records: [], totalCount: rights['unread-notifications'], nextPage: null, isCutOff: false },
      initialDataUpdatedAt: dataUpdatedAt,
    }),
    staleTime: pollMilliseconds,
    refetchInterval: pollMilliseconds,
  })
  const unread = data?.totalCount ?? 0
  const count = unread > shownMax ? `${shownMax}+` : String(unread)
  return (
    <Popover position="bottom-end" opened={isOpen} onChange={setOpen} trapFocus returnFocus shadow="md">
      <Popover.Target>
        <Tooltip label="Notifications" disabled={isOpen}>
          <ActionIcon
            aria-label={unread > 0 ? `Notifications, ${count} unread` : 'Notifications'}
            size="lg"
            className="bell"
            onClick={() => setOpen(!isOpen)}
          >
            <BellIcon />
            {unread > 0 && <span className="bell-count">{count}</span>}
          </ActionIcon>
        </Tooltip>
      </Popover.Target>
      <Popover.Dropdown aria-label="Notifications" p={0} w="min(380px, calc(100vw - 16px))">
        {isOpen && <NotificationList unread={unread} onClose={() => setOpen(false)} />}
      </Popover.Dropdown>
    </Popover>
  )
}
