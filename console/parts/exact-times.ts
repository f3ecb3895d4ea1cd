/** Whether moments are told to the minute rather than by how near they are; kept in this browser. */
import { useSyncExternalStore } from 'react'

const key = 'mintmark-exact-times'
const listeners = new Set<() => void>()
let isExact = kept()

function kept(): boolean {
  try {
    return localStorage.getItem(key) === 'yes'
  } catch {
    return false
  }
}

export function showExactTimes(wanted: boolean): void {
  isExact = wanted
  try {
    if (wanted) localStorage.setItem(key, 'yes')
    else localStorage.removeItem(key)
  } catch {
    // Then they are exact until the page is loaded anew.
  }
  for (const each of listeners) each()
}

export const useExactTimes = (): boolean => useSyncExternalStore(listen, () => isExact)

function listen(listener: () => void): () => void {
  listeners.add(listener)
  return () => listeners.delete(listener)
}
