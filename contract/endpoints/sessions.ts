/** The sessions of a person in the console, and what the person may do. */
import { anyObject, flag, integer, list, text, timestamp } from '../attributes.ts'
import { emptyAnswer, endpoint, jsonAnswer, jsonBody, shape } from '../endpoint.ts'
import { code, password, response, sessionAnswer } from './sign-in.ts'

export const sessionEndpoints = {
  getRights: endpoint({
    id: 'get_rights',
    about: 'Show what the person may do and where.',
    method: 'GET',
    path: '/auth/rights',
    caller: 'session',
    answers: {
      200: jsonAnswer(
        'The rights.',
        shape('Rights.', {
          grants: list(anyObject({ about: 'Permissions in one scope.' }), {
            about: 'By access policy.',
            max: 1_000_000,
          }),
        }),
      ),
    },
  }),
  reauthenticate: endpoint({
    id: 'reauthenticate',
    about:
      'Re-authenticate with a passkey (`response`), or with a password and a one-time password. The cookie gets a new secret.',
    method: 'POST',
    path: '/auth/step-up',
    caller: 'session',
    body: jsonBody({}, { response, password, code }),
    answers: { 200: sessionAnswer },
    limits: ['signInAttemptsPerPerson', 'codeAttemptsPerDay'],
  }),
  listSessions: endpoint({
    id: 'list_sessions',
    about: 'List the sessions of the person.',
    method: 'GET',
    path: '/auth/sessions',
    caller: 'session',
    answers: {
      200: jsonAnswer(
        'The sessions.',
        shape('Sessions.', {
          sessions: list(
            shape('A session.', {
              id: text({ about: 'Its id.' }),
              createdAt: timestamp({ about: 'When it began.' }),
              lastSeenAt: timestamp({ about: 'When it was last used, to the minute.' }),
              address: text({ about: 'The network address it was last used from.' }),
              client: text({ about: 'The `User-Agent` of the browser.' }),
              current: flag({ about: 'The session of this request.' }),
            }),
            { about: 'The sessions.', max: 1_000_000 },
          ),
        }),
      ),
    },
  }),
  endSession: endpoint({
    id: 'end_session',
    about: 'End a session. Ending another one than the current one requires re-authentication.',
    method: 'DELETE',
    path: '/auth/sessions/{session}',
    caller: 'session',
    stepUp: 'unless-own',
    answers: { 204: emptyAnswer() },
  }),
  endOtherSessions: endpoint({
    id: 'end_other_sessions',
    about: 'End every other session of the person.',
    method: 'POST',
    path: '/auth/sessions/end-others',
    caller: 'session',
    stepUp: true,
    answers: {
      200: jsonAnswer(
        'How many sessions ended.',
        shape('Ended sessions.', {
          ended: integer({ about: 'How many sessions ended.', min: 0, max: 1_000_000 }),
        }),
      ),
    },
  }),
}
