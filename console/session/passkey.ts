/** Passkeys in the browser; the package is fetched when somebody uses one. */
import { Refused } from '@mintmark/client'
import { authOnce } from '../server.ts'

type Options = Parameters<typeof import('@simplewebauthn/browser').startAuthentication>[0]['optionsJSON']
type NewOptions = Parameters<typeof import('@simplewebauthn/browser').startRegistration>[0]['optionsJSON']

export const passkeysWork = (): boolean => typeof PublicKeyCredential === 'function' && isSecureContext

/** The person's answer to the server's challenge. */
export async function answerWithPasskey(): Promise<object> {
  const optionsJSON = await authOnce<Options>('POST', 'passkey/options', {})
  const { startAuthentication } = await import('@simplewebauthn/browser')
  return startAuthentication({ optionsJSON })
}

export async function makePasskey(optionsJSON: NewOptions): Promise<object> {
  const { startRegistration } = await import('@simplewebauthn/browser')
  return startRegistration({ optionsJSON })
}

/** What went wrong with a passkey, in words; the browser tells no more than that it did not work. */
export function passkeyTrouble(error: unknown): string | null {
  if (error instanceof Refused || !(error instanceof Error)) return null
  if (error.name === 'NotAllowedError' || error.name === 'AbortError')
    return 'The passkey was not used: it was cancelled or took too long.'
  if (error.name === 'InvalidStateError') return 'This device has a passkey for you already.'
  if (error.name === 'SecurityError') return 'Passkeys work over https, or on localhost. Use your password here.'
  return null
}
