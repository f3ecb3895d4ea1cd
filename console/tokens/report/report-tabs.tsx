/** Frequent questions about all tokens, as tabs. A tab sets filters and the order, and keeps the search and the owner. */
import { TabBar, TabLink } from '../../parts/tabs.tsx'
import { type UrlQuery, useUrlQuery } from '../../parts/url-query.ts'

interface ReportTab {
  readonly name: string
  readonly filters: { readonly state?: string; readonly use?: string; readonly limits?: string }
  readonly sort?: string
}

const tabs: readonly ReportTab[] = [
  { name: 'All', filters: {} },
  { name: 'Unused', filters: { use: 'unused' } },
  { name: 'Expiring', filters: { state: 'expiring' }, sort: 'expiresAt' },
  { name: 'No expiry', filters: { state: 'no-expiry' } },
  { name: 'Over-privileged', filters: { state: 'active', limits: 'over-privileged' } },
  { name: 'Expired', filters: { state: 'expired' }, sort: '-expiresAt' },
]

const isSelected = ({ filters }: ReportTab, { state, use, limits }: UrlQuery): boolean =>
  filters.state === state && filters.use === use && filters.limits === limits

export function ReportTabs() {
  const [address] = useUrlQuery()
  const current = tabs.find((tab) => isSelected(tab, address))?.name ?? ''
  return (
    <TabBar label="Token report" current={current}>
      {tabs.map(({ name, filters, sort }) => {
        const { q, ownerType, ownerStatus, size } = address
        return (
          <TabLink
            key={name}
            search={{ q, ownerType, ownerStatus, size, ...filters, sort }}
            isCurrent={name === current}
          >
            {name}
          </TabLink>
        )
      })}
    </TabBar>
  )
}
