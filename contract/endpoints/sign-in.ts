/** Signing in to the console, and out of it. */
import { anyObject, choice, flag, integer, list, maybe, text, timestamp } from '../attributes.ts'
import { emptyAnswer, endpoint, jsonAnswer, jsonBody, shape } from '../endpoint.ts'
import { limits } from '../limits.ts'

export const secretOfLink = text({
  about: 'The part of the link after `#`.',
  max: 128,
  holdsSecret: true,
})
export const password = text({ about: 'The password.', max: limits.passwordCharactersMax, holdsSecret: true })
export const code = text({ about: 'A one-time password, or a recovery code.', max: 40, holdsSecret: true })
export const response = anyObject({ about: 'What the browser returned (WebAuthn), as JSON.' })

const id = (of: string) => text({ about: `The id of the ${of}.` })

const session = shape('The session.', {
  id: id('session'),
  user: shape('Who is signed in.', {
    id: id('user'),
    email: text({ about: 'E-mail address.' }),
    fullName: maybe(text({ about: 'First and last name.' })),
  }),
  accounts: list(shape('An account.', { id: id('account'), name: text({ about: 'Its name.' }) }), {
    about: 'The accounts of this person; none until the sign-in is complete.',
    max: 10_000,
  }),
  createdAt: timestamp({ about: 'When it began.' }),
  expiresAt: timestamp({ about: 'When it ends at the latest.' }),
  idleExpiresAt: timestamp({ about: 'When it ends if it is not used.' }),
  stepUpExpiresAt: timestamp({ about: 'Until when actions that require re-authentication are allowed.' }),
  needs: maybe(
    choice(['credential', 'new-password'], { about: 'What the person must set before anything else is allowed.' }),
  ),
  methods: shape('The sign-in methods of this person.', {
    password: flag({ about: 'A password is set.' }),
    passkeys: integer({ about: 'How many passkeys.', min: 0, max: limits.passkeysPerUser }),
    totp: flag({ about: 'One-time passwords are required.' }),
    recoveryCodes: integer({ about: 'How many recovery codes are left.', min: 0, max: 100 }),
  }),
})

export const sessionAnswer = jsonAnswer(
  'The session. Its secret is in the cookie only.',
  shape('A session.', { session }),
)

const signIn = {
  method: 'POST',
  caller: 'anyone',
  fromConsole: true,
  answers: { 200: sessionAnswer },
  limits: ['signInAttemptsPerPerson', 'signInAttemptsPerAddress'],
} as const

export const signInEndpoints = {
  getSession: endpoint({
    id: 'get_session',
    about: 'Show the session of the cookie; null without one.',
    method: 'GET',
    path: '/auth/session',
    caller: 'anyone',
    answers: { 200: jsonAnswer('The session, or null.', shape('A session.', { session: maybe(session) })) },
  }),
  signInWithPassword: endpoint({
    ...signIn,
    id: 'sign_in_with_password',
    about: 'Sign in with a password, and a one-time password if the person uses them.',
    path: '/auth/sign-in',
    body: jsonBody({ email: text({ about: 'E-mail address.', max: 254 }), password }, { code }),
    limits: [...signIn.limits, 'codeAttemptsPerDay'],
  }),
  signInWithPasskey: endpoint({
    ...signIn,
    id: 'sign_in_with_passkey',
    about: 'Sign in with a passkey.',
    path: '/auth/passkey/sign-in',
    body: jsonBody({ response }),
  }),
  getPasskeyOptions: endpoint({
    id: 'get_passkey_options',
    about: 'Create the challenge that a passkey answers.',
    method: 'POST',
    path: '/auth/passkey/options',
    caller: 'anyone',
    fromConsole: true,
    answers: { 200: jsonAnswer('Options for `navigator.credentials.get`.', anyObject({ about: 'The options.' })) },
  }),
  openSignInLink: endpoint({
    id: 'open_sign_in_link',
    about: 'Show what a sign-in link is for, without using it.',
    method: 'POST',
    path: '/auth/link/open',
    caller: 'anyone',
    fromConsole: true,
    body: jsonBody({ secret: secretOfLink }),
    answers: {
      200: jsonAnswer(
        'What the link is for.',
        shape('A sign-in link.', {
          purpose: text({ about: 'Such as `invitation`.' }),
          needs: choice(['sign-in', 'credential'], { about: 'How to accept it.' }),
          email: maybe(text({ about: 'Whose link it is.' })),
          fullName: maybe(text({ about: 'First and last name.' })),
          accountName: maybe(text({ about: 'The account of the invitation.' })),
          expiresAt: timestamp({ about: 'When the link expires.' }),
        }),
      ),
    },
  }),
  signInWithLink: endpoint({
    ...signIn,
    id: 'sign_in_with_link',
    about: 'Sign in with a sign-in link. The session can only set a passkey or a password.',
    path: '/auth/link/use',
    body: jsonBody({ secret: secretOfLink }, { fullName: maybe(text({ about: 'First and last name.' })) }),
  }),
  signOut: endpoint({
    id: 'sign_out',
    about: 'End the session of the cookie. Without one, nothing happens.',
    method: 'POST',
    path: '/auth/sign-out',
    caller: 'anyone',
    fromConsole: true,
    answers: { 204: emptyAnswer() },
  }),
}
