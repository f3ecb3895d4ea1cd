/** Who is signed in, as the server tells it. */
import { queryOptions, useQuery, useSuspenseQuery } from '@tanstack/react-query'
import { queries } from '../queries.ts'
import { authOnce } from '../server.ts'
import { begin, comeBack, interrupt, meet } from './interruptions.ts'

export interface Session {
  readonly id: string
  readonly user: { readonly id: string; readonly email: string; readonly 'full-name': string | null }
  readonly accounts: readonly { readonly id: string; readonly name: string }[]
  readonly 'created-at': string
  readonly 'expires-at': string
  readonly 'idle-expires-at': string
  readonly 'step-up-expires-at': string
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

const sessionKey = ['session'] as const

export const sessionQuery = queryOptions({
  queryKey: sessionKey,
  queryFn: async () => {
    const before = queries.getQueryData<SessionAnswer>(sessionKey)
    const answer = await authOnce<SessionAnswer>('GET', 'session')
    const known = queries.getQueryData<SessionAnswer>(sessionKey)
    // Somebody came in while this was asked: then it tells how things were before.
    if (known && known !== before) return known
    if (known?.session && known.session.user.id !== answer.session?.user.id) {
      // The page stays as it is, with what was typed, until the person decides.
      if (answer.session) meet(answer.session.user.email)
      else void interrupt('sign-in')
      return known
    }
    if (answer.session) {
      begin()
      comeBack()
    }
    return answer
  },
  staleTime: 60_000,
  // Another tab may have changed it.
  refetchOnWindowFocus: 'always',
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
