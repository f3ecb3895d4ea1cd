/** Who is signed in, as the server tells it. */
import { queryOptions, useQuery, useSuspenseQuery } from '@tanstack/react-query'
import { authOnce } from '../server.ts'
import { begin } from './interruptions.ts'

export interface Session {
  readonly id: string
  readonly user: { readonly id: string; readonly email: string; readonly 'full-name': string | null }
  readonly accounts: readonly { readonly id: string; readonly name: string }[]
  readonly 'created-at': string
  readonly 'expires-at': string
  readonly 'idle-expires-at': string
  readonly 'proven-until': string
  readonly needs: 'credential' | 'new-password' | null
  readonly methods: Methods
}

export interface Methods {
  readonly password: boolean
  readonly passkeys: number
  readonly totp: boolean
  readonly 'recovery-codes': number
}

export interface SessionAnswer {
  readonly session: Session | null
}

export const sessionQuery = queryOptions({
  queryKey: ['session'],
  queryFn: async () => {
    const answer = await authOnce<SessionAnswer>('GET', 'session')
    if (answer.session) begin()
    return answer
  },
  staleTime: 60_000,
})

/** For pages that are shown to people who are signed in. */
export function useSession(): Session {
  const { session } = useSuspenseQuery(sessionQuery).data
  if (!session) throw new Error('nobody is signed in')
  return session
}

export const useMaybeSession = (): Session | null => useQuery(sessionQuery).data?.session ?? null

/** Only a path of this console: whoever made the link must not choose where a sign-in ends. */
export function safeReturn(to: unknown): string {
  if (typeof to !== 'string' || !/^\/(?![/\\])/.test(to) || /[\\\s]/.test(to)) return '/'
  const url = URL.parse(to, location.origin)
  return url?.origin === location.origin && !/^\/(?:sign-in|welcome)\b/.test(url.pathname) ? to : '/'
}
