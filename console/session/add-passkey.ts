import { callAuth } from '../server.ts'
import { createPasskey, passkeyErrorMessage } from './passkey.ts'

/** Creates a passkey on this device and registers it. Throws `PasskeyError` with a user-facing message. */
export async function addPasskey(name: string): Promise<{ readonly id: string }> {
  const options = await callAuth('POST /auth/methods/passkeys/options')
  let response: Awaited<ReturnType<typeof createPasskey>>
  try {
    response = await createPasskey(options)
  } catch (error) {
    throw new PasskeyError(passkeyErrorMessage(error) ?? 'This browser could not create a passkey.')
  }
  return callAuth('POST /auth/methods/passkeys', { body: { name, response } })
}

class PasskeyError extends Error {
  override name = 'PasskeyError'
}
