/** Sign-in links for users who were invited to an account. */
import { flag, text, timestamp } from '../attributes.ts'
import { endpoint, jsonBody, jsonResponse, responseObject } from '../endpoint.ts'
import { secretOfLink } from './sign-in.ts'

export const linkResponse = jsonResponse(
  'The link. It is returned only once.',
  responseObject('A sign-in link.', {
    link: text({ about: 'Link for the user.', max: 2_048 }),
    expiresAt: timestamp({ about: 'Time at which the link expires.' }),
    email: text({ about: 'Email address of the user.' }),
    mailed: flag({ about: 'Whether the mail server accepted the email.' }),
  }),
)

export const invitationEndpoints = {
  inviteByLink: endpoint({
    id: 'invite_by_link',
    about:
      'Create a sign-in link for a user who was invited to an account, and email it if a mail server is configured.',
    method: 'POST',
    path: '/auth/invitations',
    caller: 'token',
    stepUp: true,
    permission: 'users:create',
    permissionOn: 'found',
    body: jsonBody({
      account: text({ about: 'ID of the account.', max: 128 }),
      user: text({ about: 'ID of the user.', max: 128 }),
    }),
    responses: { 201: linkResponse },
    limits: ['invitationsPerMinute'],
  }),
  acceptInvitation: endpoint({
    id: 'accept_invitation',
    about: 'Accept an invitation as the signed-in user.',
    method: 'POST',
    path: '/auth/invitations/accept',
    caller: 'session',
    stepUp: true,
    body: jsonBody({ secret: secretOfLink }),
    responses: {
      200: jsonResponse(
        'The account.',
        responseObject('An accepted invitation.', { account: text({ about: 'ID of the account.' }) }),
      ),
    },
  }),
}
