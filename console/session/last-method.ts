/** The sign-in method that was last used in this browser, which forms offer first. */

const key = 'mintmark-sign-in-method'

export type Method = 'passkey' | 'password'

export function lastMethod(): Method | null {
  try {
    const stored = localStorage.getItem(key)
    return stored === 'passkey' || stored === 'password' ? stored : null
  } catch {
    return null
  }
}

export function rememberMethod(method: Method): void {
  try {
    localStorage.setItem(key, method)
  } catch {
    // Without storage, a passkey is offered first.
  }
}
