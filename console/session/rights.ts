/** The rights of the user, to disable actions in advance. The server checks every request regardless. */

import { Refused } from '@mintmark/client'
import { may, mayAnywhere, type Rights, type ScopePath } from '@mintmark/token'
import { queryOptions, useQuery } from '@tanstack/react-query'
import { callAuthOnce } from '../server.ts'

/** Null if the server does not provide them; nothing is disabled then. */
export const rightsQuery = queryOptions({
  queryKey: ['session', 'rights'],
  queryFn: async (): Promise<(Rights & { 'unread-notifications': number }) | null> => {
    try {
      return (await callAuthOnce('GET /auth/rights')) as unknown as Rights & { 'unread-notifications': number }
    } catch (error) {
      if (error instanceof Refused && error.status === 404) return null
      throw error
    }
  },
  staleTime: 60_000,
})

/** Returns a function that gives the reason why the user lacks a permission at a scope; null if they have it. */
export function useDenialReason(): (permission: string, scope: ScopePath) => string | null {
  const { data } = useQuery(rightsQuery)
  return (permission, scope) =>
    !data || may(data, permission, scope) ? null : `You need the permission ${permission}.`
}

/**
 * Returns a function that tells whether the user holds a permission at the account or anywhere within it. Otherwise, the
 * server refuses to list.
 */
export function useCanList(account: string): (permission: string) => boolean {
  const { data } = useQuery(rightsQuery)
  if (!data) return () => true
  const inAccount = { ...data, grants: data.grants.filter(({ scope }) => scope.account === account) }
  return (permission) => mayAnywhere(inAccount, permission)
}
