/** The endpoints for the sign-in methods of a person. */
import { Refusal } from '../../context.ts'
import type { AttemptCounter, ResultOf } from '../../endpoint-request.ts'
import type { SignInServices } from '../services.ts'
import { cookiesOf, type SessionRequest } from '../session-answer.ts'
import * as methods from './methods.ts'
import type { PasskeyRow } from './passkeys.ts'
import { passwordContextOf, strengthOf } from './strength.ts'

export interface MethodServices extends SignInServices {
  /** Counts passwords that are set or checked. */
  readonly passwordLimits: { readonly perSession: AttemptCounter; readonly perAddress: AttemptCounter }
}

export async function getSignInMethods(
  { database }: SignInServices,
  { caller }: SessionRequest<'getSignInMethods'>,
): Promise<ResultOf<'getSignInMethods'>> {
  const { password, passkeys, totp, recoveryCodes } = await methods.methodsOf(database.read, caller.person)
  return {
    json: {
      password: { set: password.set, 'changed-at': password.changedAt },
      passkeys: passkeys.map(passkeyLine),
      totp,
      'recovery-codes': { left: recoveryCodes },
    },
  }
}

export async function changePassword(
  services: MethodServices,
  request: SessionRequest<'changePassword'>,
): Promise<ResultOf<'changePassword'>> {
  countPassword(services, request)
  const signedIn = await methods.changePassword(services, request, request.caller, request.body.password)
  return { cookies: (await cookiesOf(services, signedIn)).cookies }
}

export async function checkPasswordStrength(
  services: MethodServices,
  request: SessionRequest<'checkPasswordStrength'>,
): Promise<ResultOf<'checkPasswordStrength'>> {
  countPassword(services, request)
  const known = await passwordContextOf(services.database.read, request.caller.person)
  return { json: await strengthOf(request.body.password, known) }
}

export async function getPasskeyRegistrationOptions(
  services: SignInServices,
  request: SessionRequest<'getPasskeyRegistrationOptions'>,
): Promise<ResultOf<'getPasskeyRegistrationOptions'>> {
  return { json: { ...(await methods.passkeyOptions(services, request.caller, request.site())) } }
}

export async function registerPasskey(
  services: SignInServices,
  request: SessionRequest<'registerPasskey'>,
): Promise<ResultOf<'registerPasskey'>> {
  const { name, response } = request.body
  const signedIn = await methods.registerPasskey(services, request, request.caller, {
    name,
    response,
    site: request.site(),
  })
  return { json: passkeyLine(signedIn.passkey), cookies: (await cookiesOf(services, signedIn)).cookies }
}

export async function removePasskey(
  services: SignInServices,
  request: SessionRequest<'removePasskey'>,
): Promise<ResultOf<'removePasskey'>> {
  await methods.removePasskey(services, request, request.caller, request.params.passkey)
  return {}
}

export async function beginTotp(
  services: SignInServices,
  request: SessionRequest<'beginTotp'>,
): Promise<ResultOf<'beginTotp'>> {
  const { seed, uri } = await methods.beginSecondFactor(services, request, request.caller)
  return { json: { secret: seed.open(), uri: uri.open() } }
}

export async function confirmTotp(
  services: SignInServices,
  request: SessionRequest<'confirmTotp'>,
): Promise<ResultOf<'confirmTotp'>> {
  const codes = await methods.confirmSecondFactor(services, request, request.caller, request.body.code)
  return { json: { 'recovery-codes': codes } }
}

export async function removeTotp(
  services: SignInServices,
  request: SessionRequest<'removeTotp'>,
): Promise<ResultOf<'removeTotp'>> {
  await methods.endSecondFactor(services, request, request.caller)
  return {}
}

export async function createRecoveryCodes(
  services: SignInServices,
  request: SessionRequest<'createRecoveryCodes'>,
): Promise<ResultOf<'createRecoveryCodes'>> {
  return { json: { 'recovery-codes': await methods.renewRecoveryCodes(services, request, request.caller) } }
}

function countPassword(
  { passwordLimits: { perSession, perAddress } }: MethodServices,
  { caller, request }: Pick<SessionRequest<'changePassword'>, 'caller' | 'request'>,
): void {
  const retryAfterSeconds = Math.max(perSession.strike(caller.session.id), perAddress.strike(request.address))
  if (retryAfterSeconds > 0)
    throw new Refusal('too-many-attempts', { detail: 'Too many passwords were checked.', retryAfterSeconds })
}

type Line = Pick<PasskeyRow, 'id' | 'name' | 'createdAt' | 'lastUsedAt'>

const passkeyLine = ({ id, name, createdAt, lastUsedAt }: Line) => ({
  id,
  name,
  'created-at': createdAt,
  'last-used-at': lastUsedAt,
})
