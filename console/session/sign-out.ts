import { queries } from '../queries.ts'
import { callAuthOnce } from '../server.ts'
import { notifyOtherTabs } from './other-tabs.ts'

export async function signOut(): Promise<void> {
  await callAuthOnce('POST /auth/sign-out').catch(() => undefined)
  notifyOtherTabs()
  queries.clear()
  // A full page load, so that nothing of the session stays in memory.
  location.assign('/sign-in')
}
