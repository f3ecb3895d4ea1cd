/** Tracks whether the server is reachable: from every request, and by polling while it is not. */
import { useSyncExternalStore } from 'react'

export type Connection = 'online' | 'unreachable' | 'offline'

const retryMilliseconds = 3_000
let current: Connection = 'online'
let timer: ReturnType<typeof setTimeout> | undefined
const listeners = new Set<() => void>()

export function markReachable(): void {
  clearTimeout(timer)
  timer = undefined
  change('online')
}

export function markUnreachable(): void {
  change(navigator.onLine ? 'unreachable' : 'offline')
  timer ??= setTimeout(() => void checkHealth(), retryMilliseconds)
}

async function checkHealth(): Promise<void> {
  timer = undefined
  const isThere = await fetch('/healthz', { cache: 'no-store' }).then(
    ({ ok }) => ok,
    () => false,
  )
  if (isThere) markReachable()
  else markUnreachable()
}

function change(next: Connection): void {
  if (next === current) return
  current = next
  for (const listener of listeners) listener()
}

addEventListener('offline', markUnreachable)
addEventListener('online', () => void checkHealth())

export const useConnection = (): Connection =>
  useSyncExternalStore(
    (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    () => current,
  )
