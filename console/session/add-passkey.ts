import { auth } from '../server.ts'
import { makePasskey, passkeyTrouble } from './passkey.ts'

/** Makes a passkey on this device and tells the server. Throws an error whose message is for the person. */
export async function addPasskey(name: string): Promise<{ readonly id: string }> {
  const options = await auth<Parameters<typeof makePasskey>[0]>('POST', 'methods/passkeys/options', {})
  let response: object
  try {
    response = await makePasskey(options)
  } catch (error) {
    throw new PasskeyTrouble(passkeyTrouble(error) ?? 'This browser could not make a passkey.')
  }
  return auth('POST', 'methods/passkeys', { name, response })
}

export class PasskeyTrouble extends Error {
  override name = 'PasskeyTrouble'
}
