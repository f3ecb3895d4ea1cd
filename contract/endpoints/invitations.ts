/** Sign-in links for people who were invited to an account. */
import { flag, text, timestamp } from '../attributes.ts'
import { endpoint, jsonAnswer, jsonBody, shape } from '../endpoint.ts'
import { secretOfLink } from './sign-in.ts'

export const invitationEndpoints = {
  inviteByLink: endpoint({
    id: 'invite_by_link',
    about: 'Create a sign-in link for a person who was invited to an account, and e-mail it if a mail server is set.',
    method: 'POST',
    path: '/auth/invitations',
    caller: 'token',
    stepUp: true,
    permission: 'users:create',
    permissionOn: 'found',
    body: jsonBody({
      account: text({ about: 'The id of the account.', max: 128 }),
      user: text({ about: 'The id of the person.', max: 128 }),
    }),
    answers: {
      201: jsonAnswer(
        'The link, shown only once.',
        shape('An invitation.', {
          link: text({ about: 'The link to hand to the person.', max: 2_048 }),
          expiresAt: timestamp({ about: 'When the link expires.' }),
          email: text({ about: 'The e-mail address of the person.' }),
          mailed: flag({ about: 'The mail server accepted the e-mail.' }),
        }),
      ),
    },
    limits: ['invitationsPerMinute'],
  }),
  acceptInvitation: endpoint({
    id: 'accept_invitation',
    about: 'Accept an invitation as the person who is signed in.',
    method: 'POST',
    path: '/auth/invitations/accept',
    caller: 'session',
    stepUp: true,
    body: jsonBody({ secret: secretOfLink }),
    answers: {
      200: jsonAnswer(
        'The account.',
        shape('An accepted invitation.', { account: text({ about: 'The id of the account.' }) }),
      ),
    },
  }),
}
