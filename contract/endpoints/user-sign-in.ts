/** For administrators: the sessions of other users, and a way back in for users who are locked out. */
import { list, text } from '../attributes.ts'
import { emptyResponse, endpoint, jsonBody, jsonResponse, responseObject } from '../endpoint.ts'
import { linkResponse } from './invitations.ts'
import { session } from './sessions.ts'

const onUser = { caller: 'token', permission: 'users:update', permissionOn: { type: 'users' } } as const

export const userSignInEndpoints = {
  listUserSessions: endpoint({
    ...onUser,
    id: 'list_user_sessions',
    about: 'List the sessions of a user. Requires all rights of the user.',
    method: 'GET',
    path: '/auth/users/{user}/sessions',
    responses: {
      200: jsonResponse(
        'The sessions.',
        responseObject('Sessions.', { sessions: list(session, { about: 'The sessions.', max: 1_000_000 }) }),
      ),
    },
  }),
  endUserSession: endpoint({
    ...onUser,
    id: 'end_user_session',
    about: 'End a session of a user. Requires all rights of the user.',
    method: 'DELETE',
    path: '/auth/users/{user}/sessions/{session}',
    stepUp: true,
    responses: { 204: emptyResponse() },
  }),
  resetUserSignIn: endpoint({
    id: 'reset_user_sign_in',
    about:
      'End all sessions of a user and create a sign-in link, which is emailed if a mail server is configured. The sign-in method that is set with the link replaces all others. Requires all rights of the user, in every account.',
    method: 'POST',
    path: '/auth/sign-in-links',
    caller: 'token',
    stepUp: true,
    permission: 'users:update',
    permissionOn: 'found',
    body: jsonBody({
      account: text({ about: 'ID of an account of the user.', max: 128 }),
      user: text({ about: 'ID of the user.', max: 128 }),
    }),
    responses: { 201: linkResponse },
    limits: ['invitationsPerMinute'],
  }),
}
