import { securityRules } from '@mintmark/contract'
import { useQuery } from '@tanstack/react-query'
import { recordQuery } from '../queries.ts'
import { useAccount } from '../session/account.ts'

/** Returns the maximum token lifetime in minutes; null if there is no limit or the user cannot read the rules. */
export function useMaxLifetime(of: 'person' | 'service account'): number | null {
  const account = useAccount()
  const request = { filters: { account: account.id } }
  const { data } = useQuery({ ...recordQuery(securityRules, 'show', request), retry: false, staleTime: 60_000 })
  const rule = of === 'person' ? data?.maxPersonalTokenLifetime : data?.maxServiceAccountTokenLifetime
  return rule ?? null
}
