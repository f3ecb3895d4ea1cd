import { callAuth } from '../server.ts'
import { createPasskey, passkeyErrorMessage } from './passkey.ts'

/** Creates a passkey on this device and registers it. Throws `PasskeyError` with a user-facing message. */
export async function addPasskey(name: string): Promise<{ readonly id: string }> {
  const options = await callAuth<Parameters<typeof createPasskey>[0]>('POST', 'methods/passkeys/options', {})
  let response: object
  try {
    response = await createPasskey(options)
  } catch (error) {
    throw new PasskeyError(passkeyErrorMessage(error) ?? 'This browser could not create a passkey.')
  }
  return callAuth('POST', 'methods/passkeys', { name, response })
}

class PasskeyError extends Error {
  override name = 'PasskeyError'
}
