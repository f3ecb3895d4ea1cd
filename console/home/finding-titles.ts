import type { FindingKind } from './finding-text.tsx'

export const findingTitles: Readonly<Record<FindingKind, string>> = {
  'token-leaked': 'Leaked tokens',
  'token-expiring': 'Tokens about to expire',
  'owner-inactive': 'Tokens of inactive owners',
  'service-account-without-policy': 'Service accounts without access',
  'service-account-without-owner': 'Service accounts without an owner',
  'token-unused': 'Unused tokens',
  'token-without-expiry': 'Tokens that never expire',
}
