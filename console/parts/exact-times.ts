/** Whether times are shown as date and time instead of relative to now. Stored in the browser. */
import { useSyncExternalStore } from 'react'

const key = 'mintmark-exact-times'
const listeners = new Set<() => void>()
let isExact = readStored()

function readStored(): boolean {
  try {
    return localStorage.getItem(key) === 'yes'
  } catch {
    return false
  }
}

export function setExactTimes(wanted: boolean): void {
  isExact = wanted
  try {
    if (wanted) localStorage.setItem(key, 'yes')
    else localStorage.removeItem(key)
  } catch {
    // Without storage, the setting lasts until the page is reloaded.
  }
  for (const each of listeners) each()
}

export const useExactTimes = (): boolean => useSyncExternalStore(listen, () => isExact)

function listen(listener: () => void): () => void {
  listeners.add(listener)
  return () => listeners.delete(listener)
}
