import { securityRules } from '@mintmark/contract'
import { useQuery } from '@tanstack/react-query'
import { oneOf } from '../queries.ts'
import { useAccount } from '../session/account.ts'

/** Minutes a new token may live at most; null when there is no rule, or one may not read the rules and hears of them when saving. */
export function useLongestLife(of: 'person' | 'service account'): number | null {
  const account = useAccount()
  const asked = { filters: { account: account.id } }
  const { data } = useQuery({ ...oneOf(securityRules, 'show', asked), retry: false, staleTime: 60_000 })
  const rule = of === 'person' ? data?.maxPersonalTokenLifetime : data?.maxServiceAccountTokenLifetime
  return rule ?? null
}
