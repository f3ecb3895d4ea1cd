/** Passkeys, password and one-time passwords of the signed-in user. */
import { anyObject, flag, integer, list, nullable, text, timestamp } from '../attributes.ts'
import { emptyResponse, endpoint, jsonBody, jsonResponse, responseObject, sessionNeeds } from '../endpoint.ts'
import { code, response } from './sign-in.ts'

// Longer than a valid password, so that the strength check can report that it is too long.
const newPassword = text({ about: 'New password.', max: 1_000, holdsSecret: true })

const passkey = responseObject('A passkey.', {
  id: text({ about: 'ID of the passkey.' }),
  name: text({ about: 'Name of the passkey.' }),
  createdAt: timestamp({ about: 'Time of creation.' }),
  lastUsedAt: nullable(timestamp({ about: 'Time of the last use.' })),
})

const recoveryCodes = jsonResponse(
  'The recovery codes. They are returned only once.',
  responseObject('Recovery codes.', {
    recoveryCodes: list(text({ about: 'A recovery code.' }), { about: 'Recovery codes, each of which works once.' }),
  }),
)

export const signInMethodEndpoints = {
  getSignInMethods: endpoint({
    id: 'get_sign_in_methods',
    about: "Get the user's sign-in methods.",
    method: 'GET',
    path: '/auth/methods',
    caller: 'session',
    whileSessionNeeds: sessionNeeds,
    responses: {
      200: jsonResponse(
        'The sign-in methods.',
        responseObject('Sign-in methods.', {
          password: responseObject('The password.', {
            set: flag({ about: 'Whether a password is set.' }),
            changedAt: nullable(timestamp({ about: 'Time of the last change.' })),
          }),
          passkeys: list(passkey, { about: 'The passkeys.' }),
          totp: responseObject('One-time passwords.', {
            on: flag({ about: 'Whether they are required.' }),
            since: nullable(timestamp({ about: 'Time at which they were turned on.' })),
          }),
          recoveryCodes: responseObject('Recovery codes.', {
            left: integer({ about: 'Number of unused recovery codes.', min: 0, max: 100 }),
          }),
        }),
      ),
    },
  }),
  changePassword: endpoint({
    id: 'change_password',
    about: "Set or change the password. Ends all of the user's other sessions.",
    method: 'PUT',
    path: '/auth/methods/password',
    caller: 'session',
    whileSessionNeeds: ['credential', 'new-password'],
    stepUp: true,
    body: jsonBody({ password: newPassword }),
    responses: { 204: emptyResponse() },
    limits: ['passwordChecksPerMinute'],
  }),
  checkPasswordStrength: endpoint({
    id: 'check_password_strength',
    about: 'Check whether a password would be accepted.',
    method: 'POST',
    path: '/auth/methods/password/strength',
    caller: 'session',
    whileSessionNeeds: ['credential', 'new-password'],
    body: jsonBody({ password: newPassword }),
    responses: {
      200: jsonResponse(
        'The estimated strength.',
        responseObject('Strength.', {
          score: integer({ about: 'Strength from 0 (very weak) to 4 (very strong).', min: 0, max: 4 }),
          enough: flag({ about: 'Whether the password is accepted.' }),
          hint: nullable(text({ about: 'Advice on how to make it stronger.' })),
        }),
      ),
    },
    limits: ['passwordChecksPerMinute'],
  }),
  getPasskeyRegistrationOptions: endpoint({
    id: 'get_passkey_registration_options',
    about: 'Create a challenge for registering a passkey.',
    method: 'POST',
    path: '/auth/methods/passkeys/options',
    caller: 'session',
    whileSessionNeeds: ['credential', 'new-password', 'second-factor'],
    stepUp: true,
    responses: {
      200: jsonResponse('Options for `navigator.credentials.create`.', anyObject({ about: 'The options.' })),
    },
  }),
  registerPasskey: endpoint({
    id: 'register_passkey',
    about: "Add a passkey. Ends all of the user's other sessions.",
    method: 'POST',
    path: '/auth/methods/passkeys',
    caller: 'session',
    whileSessionNeeds: ['credential', 'new-password', 'second-factor'],
    stepUp: true,
    body: jsonBody({ name: text({ about: 'Name of the passkey.', blank: 'A name cannot be empty.' }), response }),
    responses: { 201: jsonResponse('The passkey.', passkey) },
  }),
  removePasskey: endpoint({
    id: 'remove_passkey',
    about: 'Remove a passkey. The last sign-in method cannot be removed.',
    method: 'DELETE',
    path: '/auth/methods/passkeys/{passkey}',
    caller: 'session',
    stepUp: true,
    responses: { 204: emptyResponse() },
  }),
  beginTotp: endpoint({
    id: 'begin_totp',
    about: 'Create a secret for one-time passwords. They are required as soon as a code confirms the secret.',
    method: 'POST',
    path: '/auth/methods/totp',
    caller: 'session',
    whileSessionNeeds: ['second-factor'],
    stepUp: true,
    responses: {
      200: jsonResponse(
        'The secret. It is returned only once.',
        responseObject('A TOTP secret.', {
          secret: text({ about: 'Secret in Base32, for manual entry.' }),
          uri: text({ about: '`otpauth` URI, for a QR code.', max: 2_048 }),
        }),
      ),
    },
  }),
  confirmTotp: endpoint({
    id: 'confirm_totp',
    about: 'Confirm the secret with a code and turn on one-time passwords.',
    method: 'POST',
    path: '/auth/methods/totp/confirm',
    caller: 'session',
    whileSessionNeeds: ['second-factor'],
    stepUp: true,
    body: jsonBody({ code }),
    responses: { 200: recoveryCodes },
    limits: ['signInAttemptsPerPerson'],
  }),
  removeTotp: endpoint({
    id: 'remove_totp',
    about: 'Turn off one-time passwords.',
    method: 'DELETE',
    path: '/auth/methods/totp',
    caller: 'session',
    stepUp: true,
    responses: { 204: emptyResponse() },
  }),
  createRecoveryCodes: endpoint({
    id: 'create_recovery_codes',
    about: 'Create new recovery codes. Invalidates the old ones.',
    method: 'POST',
    path: '/auth/methods/recovery-codes',
    caller: 'session',
    stepUp: true,
    responses: { 200: recoveryCodes },
  }),
}
