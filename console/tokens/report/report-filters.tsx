/** The filters of the token report. */
import { findingTitles } from '../../home/finding-titles.ts'
import type { ListFilter } from '../../parts/listing.tsx'
import { Chip } from '../../parts/more-filters.tsx'
import { formatDate } from '../../parts/time.tsx'
import { type UrlQuery, useUrlQuery } from '../../parts/url-query.ts'

export const reportFilters: readonly ListFilter[] = [
  {
    name: 'ownerType',
    label: 'Owner',
    options: [
      { value: 'user', label: 'Users' },
      { value: 'service-account', label: 'Service accounts' },
    ],
  },
  {
    name: 'ownerStatus',
    label: 'Owner status',
    options: ['Active', 'Inactive', 'Pending'].map((value) => ({ value, label: value })),
  },
  {
    name: 'state',
    label: 'State',
    options: [
      { value: 'active', label: 'Active', filters: { isExpired: 'false' } },
      { value: 'expiring', label: 'Expires within 30 days', filters: { expiresWithinDays: '30' } },
      { value: 'no-expiry', label: 'No expiry', filters: { hasExpiry: 'false' } },
      { value: 'expired', label: 'Expired', filters: { isExpired: 'true' } },
    ],
  },
  {
    name: 'use',
    label: 'Use',
    options: [
      { value: 'never', label: 'Never used', filters: { isUsed: 'false' } },
      { value: 'unused', label: 'Unused for 90 days', filters: { unusedForDays: '90' } },
    ],
  },
  {
    name: 'limits',
    label: 'Limits',
    options: [{ value: 'over-privileged', label: 'None, owner manages access', filters: { isOverPrivileged: 'true' } }],
  },
  {
    name: 'finding',
    label: 'Finding',
    options: (['token-expiring', 'token-unused', 'token-without-expiry'] as const).map((value) => ({
      value,
      label: findingTitles[value],
    })),
  },
]

/** The tokens that expire on the day of the URL, such as `2027-03-01`, in local time. */
export function dayFilters({ day }: UrlQuery): { expiresAfter?: string; expiresBefore?: string } {
  const start = new Date(`${day}T00:00`)
  if (!day || Number.isNaN(start.getTime())) return {}
  const next = new Date(start.getFullYear(), start.getMonth(), start.getDate() + 1)
  return { expiresAfter: start.toISOString(), expiresBefore: next.toISOString() }
}

export function DayChip() {
  const [address, change] = useUrlQuery()
  const { expiresAfter } = dayFilters(address)
  if (!expiresAfter) return null
  return (
    <div className="filter-bar">
      <Chip
        label={`Expires on ${formatDate(new Date(expiresAfter))}`}
        onRemove={() => change({ day: undefined, page: undefined })}
      />
    </div>
  )
}
