/** Says in the corner what was done. What draws the corner is fetched after the page, so it is asked for by name here. */
import type { NotificationData } from '@mantine/notifications'

const corner = () => import('@mantine/notifications')
let last = 0

/** Returns what takes the message away before its time. */
export function showToast(told: NotificationData): () => void {
  const id = `told-${++last}`
  void corner().then(({ notifications }) => notifications.show({ ...told, id }))
  return () => void corner().then(({ notifications }) => notifications.hide(id))
}
