/** The sign-in methods of the user. */
import { queryOptions } from '@tanstack/react-query'
import { queries } from '../queries.ts'
import { type AuthResponse, callAuth } from '../server.ts'
import { sessionQuery } from './session.ts'

export type SignInMethods = AuthResponse<'GET /auth/methods'>
export type Passkey = SignInMethods['passkeys'][number]

export const signInMethodsQuery = queryOptions({
  queryKey: ['session', 'methods'],
  queryFn: () => callAuth('GET /auth/methods'),
})

export const invalidateSignInMethods = () =>
  Promise.all([
    queries.invalidateQueries({ queryKey: signInMethodsQuery.queryKey }),
    queries.invalidateQueries({ queryKey: sessionQuery.queryKey, exact: true }),
  ])
