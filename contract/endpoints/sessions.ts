/** Console sessions and the rights of the signed-in user. */
import { anyObject, flag, integer, list, nullable, text, timestamp } from '../attributes.ts'
import { emptyResponse, endpoint, jsonBody, jsonResponse, responseObject, sessionNeeds } from '../endpoint.ts'
import { limits } from '../limits.ts'
import { email } from '../resources/users.ts'
import { code, password, response, sessionResponse } from './sign-in.ts'

export const session = responseObject('A session.', {
  id: text({ about: 'ID of the session.' }),
  createdAt: timestamp({ about: 'Time of creation.' }),
  lastSeenAt: timestamp({ about: 'Time of the last use, accurate to a minute.' }),
  address: text({ about: 'Network address of the last use.' }),
  client: text({ about: '`User-Agent` header of the browser.' }),
  current: flag({ about: 'Whether it is the session of this request.' }),
})

export const sessionEndpoints = {
  getRights: endpoint({
    id: 'get_rights',
    about:
      "Get the user's permissions by scope, and the number of unread notifications, which every page of the console shows.",
    method: 'GET',
    path: '/auth/rights',
    caller: 'session',
    responses: {
      200: jsonResponse(
        'The rights.',
        responseObject('Rights.', {
          grants: list(anyObject({ about: 'Permissions at one scope.' }), {
            about: 'One grant per access policy.',
            max: 1_000_000,
          }),
          unreadNotifications: integer({
            about: `Number of unread notifications; ${limits.countedRows + 1} if there are more than ${limits.countedRows}.`,
            min: 0,
            max: limits.countedRows + 1,
          }),
        }),
      ),
    },
  }),
  updateProfile: endpoint({
    id: 'update_profile',
    about: "Change the user's own name.",
    method: 'PUT',
    path: '/auth/profile',
    caller: 'session',
    body: jsonBody({ fullName: nullable(text({ about: 'First and last name.' })) }),
    responses: { 204: emptyResponse() },
  }),
  requestEmailChange: endpoint({
    id: 'request_email_change',
    about:
      'Mail a code to a new email address of the user. Confirming the code changes the address. Replaces an earlier request. Fails with 409 if the server sends no mail.',
    method: 'POST',
    path: '/auth/email',
    caller: 'session',
    stepUp: true,
    body: jsonBody({ email: text({ about: 'New email address.', max: 254, pattern: email }) }),
    responses: { 204: emptyResponse() },
    limits: ['signInAttemptsPerPerson'],
  }),
  confirmEmailChange: endpoint({
    id: 'confirm_email_change',
    about:
      "Change the user's own email address with the code that was mailed to it. Ends all of the user's other sessions.",
    method: 'POST',
    path: '/auth/email/confirm',
    caller: 'session',
    stepUp: true,
    body: jsonBody({ code }),
    responses: { 204: emptyResponse() },
    limits: ['signInAttemptsPerPerson'],
  }),
  reauthenticate: endpoint({
    id: 'reauthenticate',
    about:
      'Re-authenticate with a passkey (`response`), or with a password and a one-time password. The response sets a new session cookie.',
    method: 'POST',
    path: '/auth/step-up',
    caller: 'session',
    whileSessionNeeds: sessionNeeds,
    body: jsonBody({}, { response, password, code }),
    responses: { 200: sessionResponse },
    limits: ['signInAttemptsPerPerson', 'codeAttemptsPerDay'],
  }),
  listSessions: endpoint({
    id: 'list_sessions',
    about: "List the user's sessions.",
    method: 'GET',
    path: '/auth/sessions',
    caller: 'session',
    responses: {
      200: jsonResponse(
        'The sessions.',
        responseObject('Sessions.', {
          sessions: list(session, { about: 'The sessions.', max: 1_000_000 }),
        }),
      ),
    },
  }),
  endSession: endpoint({
    id: 'end_session',
    about: 'End a session. Requires re-authentication unless it is the current session.',
    method: 'DELETE',
    path: '/auth/sessions/{session}',
    caller: 'session',
    stepUp: 'unless-own',
    responses: { 204: emptyResponse() },
  }),
  endOtherSessions: endpoint({
    id: 'end_other_sessions',
    about: "End all of the user's other sessions.",
    method: 'POST',
    path: '/auth/sessions/end-others',
    caller: 'session',
    stepUp: true,
    responses: {
      200: jsonResponse(
        'Number of sessions that were ended.',
        responseObject('Ended sessions.', {
          ended: integer({ about: 'Number of sessions that were ended.', min: 0, max: 1_000_000 }),
        }),
      ),
    },
  }),
}
