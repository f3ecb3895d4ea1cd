/** The sign-in methods of the user. */
import { queryOptions } from '@tanstack/react-query'
import { queries } from '../queries.ts'
import { callAuth } from '../server.ts'
import { sessionQuery } from './session.ts'

export interface Passkey {
  readonly id: string
  readonly name: string
  readonly 'created-at': string
  readonly 'last-used-at': string | null
}

export interface SignInMethods {
  readonly password: { readonly set: boolean; readonly 'changed-at': string | null }
  readonly passkeys: readonly Passkey[]
  readonly totp: { readonly on: boolean; readonly since: string | null }
  readonly 'recovery-codes': { readonly left: number }
}

export const signInMethodsQuery = queryOptions({
  queryKey: ['session', 'methods'],
  queryFn: () => callAuth<SignInMethods>('GET', 'methods'),
})

export const invalidateSignInMethods = () =>
  Promise.all([
    queries.invalidateQueries({ queryKey: signInMethodsQuery.queryKey }),
    queries.invalidateQueries({ queryKey: sessionQuery.queryKey, exact: true }),
  ])
