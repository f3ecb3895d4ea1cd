/**
 * Tracks whether the server is reachable, from every request and by polling while it is not, and whether it was upgraded and
 * has a newer console than this page.
 */
import { useSyncExternalStore } from 'react'

export type Connection = 'online' | 'unreachable' | 'offline' | 'outdated'

const retryMilliseconds = 3_000
/** People who return to the page after this time learn that it is outdated. */
const versionMilliseconds = 600_000
let checkedAt = 0
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

/**
 * Call when a part of the console could not be loaded: an upgraded server no longer has the files of this page.
 */
export async function checkVersion(): Promise<void> {
  const entry = document.querySelector<HTMLScriptElement>('script[type="module"][src]')
  const page = await fetch('/', { headers: { accept: 'text/html' }, cache: 'no-store' }).catch(() => null)
  if (!page) return markUnreachable()
  if (page.ok && entry && !(await page.text()).includes(new URL(entry.src).pathname)) change('outdated')
}

function change(next: Connection): void {
  if (next === current || current === 'outdated') return
  current = next
  for (const listener of listeners) listener()
}

addEventListener('offline', markUnreachable)
addEventListener('visibilitychange', () => {
  if (document.visibilityState !== 'visible' || performance.now() - checkedAt < versionMilliseconds) return
  checkedAt = performance.now()
  void checkVersion()
})
addEventListener('online', () => void checkHealth())

export const useConnection = (): Connection =>
  useSyncExternalStore(
    (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    () => current,
  )
