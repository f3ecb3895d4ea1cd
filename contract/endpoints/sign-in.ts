/** Sign-in to the console and sign-out. */
import { anyObject, choice, flag, integer, list, nullable, text, timestamp } from '../attributes.ts'
import { emptyResponse, endpoint, jsonBody, jsonResponse, responseObject, sessionNeeds } from '../endpoint.ts'
import { limits } from '../limits.ts'

export const secretOfLink = text({
  about: 'Secret of the link, the part after `#`.',
  max: 128,
  holdsSecret: true,
})
export const password = text({ about: 'Password.', max: limits.passwordCharactersMax, holdsSecret: true })
export const code = text({ about: 'One-time password or recovery code.', max: 40, holdsSecret: true })
export const response = anyObject({ about: 'WebAuthn response of the browser, as JSON.' })

const id = (of: string) => text({ about: `ID of the ${of}.` })

const session = responseObject('The session.', {
  id: id('session'),
  user: responseObject('The signed-in user.', {
    id: id('user'),
    email: text({ about: 'Email address.' }),
    fullName: nullable(text({ about: 'First and last name.' })),
  }),
  accounts: list(responseObject('An account.', { id: id('account'), name: text({ about: 'Name of the account.' }) }), {
    about: 'Accounts of the user. Empty until the sign-in is complete.',
    max: 10_000,
  }),
  address: text({ about: 'Network address of this request.' }),
  createdAt: timestamp({ about: 'Time of creation.' }),
  expiresAt: timestamp({ about: 'Time at which it expires.' }),
  idleExpiresAt: timestamp({ about: 'Time at which it expires without activity.' }),
  stepUpExpiresAt: timestamp({ about: 'Time until which sensitive actions are allowed without re-authentication.' }),
  needs: nullable(
    choice(sessionNeeds, {
      about:
        'What the user must do first: set a credential, replace a first password, set up the second factor that an account requires, or re-authenticate with it. All other requests fail until then.',
    }),
  ),
  methods: responseObject('Sign-in methods of the user.', {
    password: flag({ about: 'Whether a password is set.' }),
    passkeys: integer({ about: 'Number of passkeys.', min: 0, max: limits.passkeysPerUser }),
    totp: flag({ about: 'Whether one-time passwords are required.' }),
    recoveryCodes: integer({ about: 'Number of unused recovery codes.', min: 0, max: 100 }),
  }),
})

export const sessionResponse = jsonResponse(
  'The session. Only the cookie contains its secret.',
  responseObject('A session.', { session }),
)

const signIn = {
  method: 'POST',
  caller: 'anyone',
  fromConsole: true,
  responses: { 200: sessionResponse },
  limits: ['signInAttemptsPerPerson', 'signInAttemptsPerAddress'],
} as const

export const signInEndpoints = {
  getSession: endpoint({
    id: 'get_session',
    about: 'Get the session of the cookie; null if there is none.',
    method: 'GET',
    path: '/auth/session',
    caller: 'anyone',
    responses: {
      200: jsonResponse('The session, or null.', responseObject('A session.', { session: nullable(session) })),
    },
  }),
  signInWithPassword: endpoint({
    ...signIn,
    id: 'sign_in_with_password',
    about: 'Sign in with a password, and with a one-time password if they are turned on.',
    path: '/auth/sign-in',
    body: jsonBody({ email: text({ about: 'Email address.', max: 254 }), password }, { code }),
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
    about: 'Create a challenge for signing in with a passkey.',
    method: 'POST',
    path: '/auth/passkey/options',
    caller: 'anyone',
    fromConsole: true,
    responses: { 200: jsonResponse('Options for `navigator.credentials.get`.', anyObject({ about: 'The options.' })) },
  }),
  openSignInLink: endpoint({
    id: 'open_sign_in_link',
    about: 'Get information about a sign-in link without using it.',
    method: 'POST',
    path: '/auth/link/open',
    caller: 'anyone',
    fromConsole: true,
    body: jsonBody({ secret: secretOfLink }),
    responses: {
      200: jsonResponse(
        'The sign-in link.',
        responseObject('A sign-in link.', {
          purpose: choice(['owner', 'invitation', 'recovery'], { about: 'Purpose of the link.' }),
          needs: choice(['sign-in', 'credential'], {
            about: 'Requirement for accepting it: an existing session or a new credential.',
          }),
          email: text({ about: 'Email address of the user.' }),
          fullName: nullable(text({ about: 'First and last name.' })),
          accountName: nullable(text({ about: 'Name of the account of the invitation.' })),
          expiresAt: timestamp({ about: 'Time at which the link expires.' }),
        }),
      ),
    },
  }),
  signInWithLink: endpoint({
    ...signIn,
    id: 'sign_in_with_link',
    about: 'Sign in with a sign-in link. The session can only be used to set a passkey or password.',
    path: '/auth/link/use',
    body: jsonBody({ secret: secretOfLink }, { fullName: nullable(text({ about: 'First and last name.' })) }),
  }),
  signOut: endpoint({
    id: 'sign_out',
    about: 'End the session of the cookie. Succeeds without a session.',
    method: 'POST',
    path: '/auth/sign-out',
    caller: 'anyone',
    fromConsole: true,
    responses: { 204: emptyResponse() },
  }),
}
