/** The read state of notifications. The notifications themselves are a resource. */
import { timestamp } from '../attributes.ts'
import { basePath } from '../base-path.ts'
import { emptyResponse, endpoint, jsonBody } from '../endpoint.ts'

export const notificationEndpoints = {
  markNotificationsRead: endpoint({
    id: 'mark_notifications_read',
    about:
      "Mark the caller's notifications as read, up to a time. Other users and service accounts have read states of their own. Requires a token that is not limited to permissions or scopes.",
    method: 'POST',
    path: `${basePath}/notifications/actions/mark-read`,
    ofResource: 'notifications',
    caller: 'token',
    body: jsonBody(
      {},
      {
        until: timestamp({
          about: 'Time of the newest notification to mark, such as the first of the list. Default: the current time.',
        }),
      },
    ),
    responses: { 204: emptyResponse() },
  }),
}
