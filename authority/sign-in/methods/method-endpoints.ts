/** The endpoints for the sign-in methods of a person. */
import { Refusal } from '../../context.ts'
import type { AttemptCounter, ResultOf } from '../../endpoint-request.ts'
import type { SignInServices } from '../services.ts'
import { cookiesOf, type SessionRequest } from '../session-answer.ts'
import * as methods from './methods.ts'
import type { PasskeyRow } from './passkeys.ts'
import { passwordContextOf, strengthOf } from './strength.ts'

export interface MethodServices extends SignInServices {
  /** Of passwords that are set or checked. */
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
  asked: SessionRequest<'changePassword'>,
): Promise<ResultOf<'changePassword'>> {
  countPassword(services, asked)
  const came = await methods.changePassword(services, asked, asked.caller, asked.body.password)
  return { cookies: (await cookiesOf(services, came)).cookies }
}

export async function checkPasswordStrength(
  services: MethodServices,
  asked: SessionRequest<'checkPasswordStrength'>,
): Promise<ResultOf<'checkPasswordStrength'>> {
  countPassword(services, asked)
  const known = await passwordContextOf(services.database.read, asked.caller.person)
  return { json: await strengthOf(asked.body.password, known) }
}

export async function getPasskeyRegistrationOptions(
  services: SignInServices,
  asked: SessionRequest<'getPasskeyRegistrationOptions'>,
): Promise<ResultOf<'getPasskeyRegistrationOptions'>> {
  return { json: { ...(await methods.passkeyOptions(services, asked.caller, asked.site())) } }
}

export async function registerPasskey(
  services: SignInServices,
  asked: SessionRequest<'registerPasskey'>,
): Promise<ResultOf<'registerPasskey'>> {
  const { name, response } = asked.body
  const came = await methods.registerPasskey(services, asked, asked.caller, { name, response, site: asked.site() })
  return { json: passkeyLine(came.passkey), cookies: (await cookiesOf(services, came)).cookies }
}

export async function removePasskey(
  services: SignInServices,
  asked: SessionRequest<'removePasskey'>,
): Promise<ResultOf<'removePasskey'>> {
  await methods.removePasskey(services, asked, asked.caller, asked.params.passkey)
  return {}
}

export async function beginTotp(
  services: SignInServices,
  asked: SessionRequest<'beginTotp'>,
): Promise<ResultOf<'beginTotp'>> {
  const { seed, uri } = await methods.beginSecondFactor(services, asked, asked.caller)
  return { json: { secret: seed.open(), uri: uri.open() } }
}

export async function confirmTotp(
  services: SignInServices,
  asked: SessionRequest<'confirmTotp'>,
): Promise<ResultOf<'confirmTotp'>> {
  const codes = await methods.confirmSecondFactor(services, asked, asked.caller, asked.body.code)
  return { json: { 'recovery-codes': codes } }
}

export async function removeTotp(
  services: SignInServices,
  asked: SessionRequest<'removeTotp'>,
): Promise<ResultOf<'removeTotp'>> {
  await methods.endSecondFactor(services, asked, asked.caller)
  return {}
}

export async function createRecoveryCodes(
  services: SignInServices,
  asked: SessionRequest<'createRecoveryCodes'>,
): Promise<ResultOf<'createRecoveryCodes'>> {
  return { json: { 'recovery-codes': await methods.renewRecoveryCodes(services, asked, asked.caller) } }
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
