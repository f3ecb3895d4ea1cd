/** The session of the signed-in user. */
import { queryOptions, useQuery, useSuspenseQuery } from '@tanstack/react-query'
import { queries } from '../queries.ts'
import { type AuthResponse, callAuthOnce } from '../server.ts'
import { interrupt, markSignedIn, reportOtherUser, resumeSession } from './interruptions.ts'

export type SessionResponse = AuthResponse<'GET /auth/session'>
export type Session = NonNullable<SessionResponse['session']>

const sessionKey = ['session'] as const

export const sessionQuery = queryOptions({
  queryKey: sessionKey,
  queryFn: async () => {
    const before = queries.getQueryData<SessionResponse>(sessionKey)
    const response = await callAuthOnce('GET /auth/session')
    const known = queries.getQueryData<SessionResponse>(sessionKey)
    // A sign-in happened during the request, so the response is outdated.
    if (known && known !== before) return known
    if (known?.session && known.session.user.id !== response.session?.user.id) {
      // The page keeps its state and input until the user decides.
      if (response.session) reportOtherUser(response.session.user.email)
      else void interrupt('sign-in')
      return known
    }
    if (response.session) {
      markSignedIn()
      resumeSession()
    }
    return response
  },
  staleTime: 60_000,
  // Another tab may have changed the session.
  refetchOnWindowFocus: 'always',
})

/** For pages that require a session. */
export function useSession(): Session {
  const { session } = useSuspenseQuery(sessionQuery).data
  if (!session) throw new Error('no session')
  return session
}

export const useMaybeSession = (): Session | null => useQuery(sessionQuery).data?.session ?? null

/** Returns `to` if it is a path of the console, otherwise `/`, to prevent open redirects after sign-in. */
export function safeReturn(to: unknown): string {
  if (typeof to !== 'string' || !/^\/(?![/\\])/.test(to) || /[\\\s]/.test(to)) return '/'
  const url = URL.parse(to, location.origin)
  return url?.origin === location.origin && !/^\/(?:sign-in|welcome)\b/.test(url.pathname) ? to : '/'
}
