import { queries } from '../queries.ts'
import { markSignedIn } from './interruptions.ts'
import { notifyOtherTabs } from './other-tabs.ts'
import { type SessionResponse, sessionQuery } from './session.ts'

/** Clears all cached data of the previous user after a sign-in and stores the new session. */
export function signIn(response: SessionResponse): void {
  queries.removeQueries({
    predicate: ({ queryKey }) => !(queryKey.length === 1 && queryKey[0] === sessionQuery.queryKey[0]),
  })
  queries.setQueryData(sessionQuery.queryKey, response)
  markSignedIn()
  notifyOtherTabs()
}
