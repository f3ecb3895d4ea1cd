/** The passkeys, password and one-time passwords of a person. */
import { anyObject, flag, integer, list, maybe, text, timestamp } from '../attributes.ts'
import { emptyAnswer, endpoint, jsonAnswer, jsonBody, shape } from '../endpoint.ts'
import { code, response } from './sign-in.ts'

// Longer than a password may be, so that the strength check can say that it is too long.
const newPassword = text({ about: 'The new password.', max: 1_000, holdsSecret: true })

const passkey = shape('A passkey.', {
  id: text({ about: 'Its id.' }),
  name: text({ about: 'Its name.' }),
  createdAt: timestamp({ about: 'When it was added.' }),
  lastUsedAt: maybe(timestamp({ about: 'When it was last used.' })),
})

const recoveryCodes = jsonAnswer(
  'Recovery codes, shown only once.',
  shape('Recovery codes.', {
    recoveryCodes: list(text({ about: 'A recovery code.' }), { about: 'Each can be used once.' }),
  }),
)

export const signInMethodEndpoints = {
  getSignInMethods: endpoint({
    id: 'get_sign_in_methods',
    about: 'Show the sign-in methods of the person.',
    method: 'GET',
    path: '/auth/methods',
    caller: 'session',
    answers: {
      200: jsonAnswer(
        'The sign-in methods.',
        shape('Sign-in methods.', {
          password: shape('The password.', {
            set: flag({ about: 'A password is set.' }),
            changedAt: maybe(timestamp({ about: 'When it was last changed.' })),
          }),
          passkeys: list(passkey, { about: 'The passkeys.' }),
          totp: shape('One-time passwords.', {
            on: flag({ about: 'They are required.' }),
            since: maybe(timestamp({ about: 'Since when.' })),
          }),
          recoveryCodes: shape('Recovery codes.', {
            left: integer({ about: 'How many are left.', min: 0, max: 100 }),
          }),
        }),
      ),
    },
  }),
  changePassword: endpoint({
    id: 'change_password',
    about: 'Set or change the password. All other sessions of the person end.',
    method: 'PUT',
    path: '/auth/methods/password',
    caller: 'session',
    stepUp: true,
    body: jsonBody({ password: newPassword }),
    answers: { 204: emptyAnswer() },
    limits: ['passwordChecksPerMinute'],
  }),
  checkPasswordStrength: endpoint({
    id: 'check_password_strength',
    about: 'Check whether a password would be accepted.',
    method: 'POST',
    path: '/auth/methods/password/strength',
    caller: 'session',
    body: jsonBody({ password: newPassword }),
    answers: {
      200: jsonAnswer(
        'The estimate.',
        shape('Strength.', {
          score: integer({ about: 'From 0, guessed at once, to 4.', min: 0, max: 4 }),
          enough: flag({ about: 'The password is accepted.' }),
          hint: maybe(text({ about: 'How to make it stronger.' })),
        }),
      ),
    },
    limits: ['passwordChecksPerMinute'],
  }),
  getPasskeyRegistrationOptions: endpoint({
    id: 'get_passkey_registration_options',
    about: 'Create the challenge for a new passkey.',
    method: 'POST',
    path: '/auth/methods/passkeys/options',
    caller: 'session',
    stepUp: true,
    answers: { 200: jsonAnswer('Options for `navigator.credentials.create`.', anyObject({ about: 'The options.' })) },
  }),
  registerPasskey: endpoint({
    id: 'register_passkey',
    about: 'Add a passkey. All other sessions of the person end.',
    method: 'POST',
    path: '/auth/methods/passkeys',
    caller: 'session',
    stepUp: true,
    body: jsonBody({ name: text({ about: 'Its name.', blank: 'A name cannot be empty.' }), response }),
    answers: { 201: jsonAnswer('The passkey.', passkey) },
  }),
  removePasskey: endpoint({
    id: 'remove_passkey',
    about: 'Remove a passkey. The last sign-in method cannot be removed.',
    method: 'DELETE',
    path: '/auth/methods/passkeys/{passkey}',
    caller: 'session',
    stepUp: true,
    answers: { 204: emptyAnswer() },
  }),
  beginTotp: endpoint({
    id: 'begin_totp',
    about: 'Create the secret for one-time passwords. They are required once a code has confirmed it.',
    method: 'POST',
    path: '/auth/methods/totp',
    caller: 'session',
    stepUp: true,
    answers: {
      200: jsonAnswer(
        'The secret, shown only once.',
        shape('A TOTP secret.', {
          secret: text({ about: 'For manual entry, in Base32.' }),
          uri: text({ about: 'For a QR code.', max: 2_048 }),
        }),
      ),
    },
  }),
  confirmTotp: endpoint({
    id: 'confirm_totp',
    about: 'Turn on one-time passwords with a first code.',
    method: 'POST',
    path: '/auth/methods/totp/confirm',
    caller: 'session',
    stepUp: true,
    body: jsonBody({ code }),
    answers: { 200: recoveryCodes },
    limits: ['signInAttemptsPerPerson'],
  }),
  removeTotp: endpoint({
    id: 'remove_totp',
    about: 'Turn off one-time passwords.',
    method: 'DELETE',
    path: '/auth/methods/totp',
    caller: 'session',
    stepUp: true,
    answers: { 204: emptyAnswer() },
  }),
  createRecoveryCodes: endpoint({
    id: 'create_recovery_codes',
    about: 'Create new recovery codes. The old ones stop working.',
    method: 'POST',
    path: '/auth/methods/recovery-codes',
    caller: 'session',
    stepUp: true,
    answers: { 200: recoveryCodes },
  }),
}
