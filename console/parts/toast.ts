/** Shows toasts. The notification component loads after the page, hence the dynamic import. */
import type { NotificationData } from '@mantine/notifications'

const loadNotifications = () => import('@mantine/notifications')
let last = 0

/** Shows a toast. Returns a function that hides it. */
export function showToast(toast: NotificationData): () => void {
  const id = `toast-${++last}`
  void loadNotifications().then(({ notifications }) => notifications.show({ ...toast, id }))
  return () => void loadNotifications().then(({ notifications }) => notifications.hide(id))
}
