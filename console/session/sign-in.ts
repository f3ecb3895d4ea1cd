import { queries } from '../queries.ts'
import { begin } from './interruptions.ts'
import { tellOtherTabs } from './other-tabs.ts'
import { type SessionAnswer, sessionQuery } from './session.ts'

/** After a sign-in: nothing of whoever was here before stays but the session itself, which the page looks at. */
export function signIn(answer: SessionAnswer): void {
  queries.removeQueries({
    predicate: ({ queryKey }) => !(queryKey.length === 1 && queryKey[0] === sessionQuery.queryKey[0]),
  })
  queries.setQueryData(sessionQuery.queryKey, answer)
  begin()
  tellOtherTabs()
}
