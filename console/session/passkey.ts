/** Passkeys. The WebAuthn package is loaded on first use. */
import { Refused } from '@mintmark/client'
import { callAuthOnce } from '../server.ts'

type Options = Parameters<typeof import('@simplewebauthn/browser').startAuthentication>[0]['optionsJSON']
type NewOptions = Parameters<typeof import('@simplewebauthn/browser').startRegistration>[0]['optionsJSON']

export const arePasskeysSupported = (): boolean => typeof PublicKeyCredential === 'function' && isSecureContext

type WebAuthnResponse = Readonly<Record<string, unknown>>

/** Returns the assertion for the challenge of the server. */
export async function authenticateWithPasskey(): Promise<WebAuthnResponse> {
  const optionsJSON = (await callAuthOnce('POST /auth/passkey/options')) as unknown as Options
  const { startAuthentication } = await import('@simplewebauthn/browser')
  return { ...(await startAuthentication({ optionsJSON })) }
}

export async function createPasskey(options: object): Promise<WebAuthnResponse> {
  const { startRegistration } = await import('@simplewebauthn/browser')
  return { ...(await startRegistration({ optionsJSON: options as NewOptions })) }
}

/** Returns a user-facing message for a passkey error, or null for other errors. Browsers reveal few details. */
export function passkeyErrorMessage(error: unknown): string | null {
  if (error instanceof Refused || !(error instanceof Error)) return null
  if (error.name === 'NotAllowedError' || error.name === 'AbortError')
    return 'The passkey prompt was canceled or timed out. Try again.'
  if (error.name === 'InvalidStateError') return 'This device already has a passkey for your account.'
  if (error.name === 'SecurityError') return 'Passkeys require HTTPS or localhost. Use your password instead.'
  return null
}
