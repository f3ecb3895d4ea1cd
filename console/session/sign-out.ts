import { queries } from '../queries.ts'
import { authOnce } from '../server.ts'
import { tellOtherTabs } from './other-tabs.ts'

export async function signOut(): Promise<void> {
  await authOnce('POST', 'sign-out', {}).catch(() => undefined)
  tellOtherTabs()
  queries.clear()
  // A whole new page: nothing of this session stays in memory.
  location.assign('/sign-in')
}
