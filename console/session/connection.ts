/** Whether the server is heard: every request tells, and while it is silent this asks by itself. */
import { useSyncExternalStore } from 'react'

export type Connection = 'heard' | 'silent' | 'offline'

const askAgainMilliseconds = 3_000
let current: Connection = 'heard'
let timer: ReturnType<typeof setTimeout> | undefined
const listeners = new Set<() => void>()

export function heard(): void {
  clearTimeout(timer)
  timer = undefined
  change('heard')
}

export function notHeard(): void {
  change(navigator.onLine ? 'silent' : 'offline')
  timer ??= setTimeout(() => void ask(), askAgainMilliseconds)
}

async function ask(): Promise<void> {
  timer = undefined
  const isThere = await fetch('/healthz', { cache: 'no-store' }).then(
    ({ ok }) => ok,
    () => false,
  )
  if (isThere) heard()
  else notHeard()
}

function change(next: Connection): void {
  if (next === current) return
  current = next
  for (const listener of listeners) listener()
}

addEventListener('offline', notHeard)
addEventListener('online', () => void ask())

export const useConnection = (): Connection =>
  useSyncExternalStore(
    (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    () => current,
  )
