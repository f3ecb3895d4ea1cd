/** What the person may do, to say beforehand what the server would refuse. The server decides all the same. */

import { Refused } from '@mintmark/client'
import { may, type Rights, type ScopePath } from '@mintmark/token'
import { queryOptions, useQuery } from '@tanstack/react-query'
import { authOnce } from '../server.ts'

/** Null: the server does not tell; then nothing is held back here. */
export const rightsQuery = queryOptions({
  queryKey: ['session', 'rights'],
  queryFn: async (): Promise<Rights | null> => {
    try {
      return await authOnce<Rights>('GET', 'rights')
    } catch (error) {
      if (error instanceof Refused && error.status === 404) return null
      throw error
    }
  },
  staleTime: 60_000,
})

/** Why a permission does not allow something at a scope; null when it does. */
export function useWhyNot(): (permission: string, scope: ScopePath) => string | null {
  const { data } = useQuery(rightsQuery)
  return (permission, scope) =>
    !data || may(data, permission, scope)
      ? null
      : `This takes the permission ${permission}, which you do not hold here.`
}
