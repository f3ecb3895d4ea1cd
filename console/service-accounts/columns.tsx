/** The columns of a list of service accounts. What other resources know about the rows is requested once for all of them. */
import { Badge, Group } from '@mantine/core'
import type { Found } from '@mintmark/client'
import {
  accessPolicies,
  activeTokensMax,
  roles,
  serviceAccountSummaries,
  type serviceAccounts,
} from '@mintmark/contract'
import { useQuery } from '@tanstack/react-query'
import { createContext, type ReactNode, useContext } from 'react'
import { NameCell } from '../access/name-cell.tsx'
import { TeamLinks } from '../access/subjects.tsx'
import type { Column } from '../parts/records.tsx'
import { Time } from '../parts/time.tsx'
import { allRecordsQuery, useRecordsById } from '../queries.ts'

export type ServiceAccount = Found<typeof serviceAccounts>

interface Usage {
  /** Undefined while loading, or without the permission to read them. */
  readonly summaries?: ReadonlyMap<string, Found<typeof serviceAccountSummaries>> | undefined
  /** The IDs of granted roles by service account. */
  readonly roles?: ReadonlyMap<string, ReadonlySet<string>> | undefined
}

const UsageOfRows = createContext<Usage>({})

export function WithUsage({ rows, children }: { rows: readonly ServiceAccount[]; children: ReactNode }) {
  const filters = { serviceAccount: `in:${rows.map(({ id }) => id).join(',')}` }
  const policies = useQuery(allRecordsQuery(accessPolicies, 'list', { filters, include: ['roles'] })).data
  const summaries = useQuery(allRecordsQuery(serviceAccountSummaries, 'list', { filters })).data
  const granted = policies && Map.groupBy(policies, ({ serviceAccountId }) => serviceAccountId ?? '')
  const usage = {
    summaries: summaries && new Map(summaries.map((summary) => [summary.id, summary])),
    roles:
      granted && new Map([...granted].map(([id, some]) => [id, new Set(some.flatMap((policy) => policy.roles ?? []))])),
  }
  return <UsageOfRows value={usage}>{children}</UsageOfRows>
}

export const serviceAccountColumns: readonly Column<ServiceAccount>[] = [
  {
    name: 'Name',
    sort: 'name',
    cell: ({ id, name, description, accountId }) => (
      <NameCell name={name} description={description} to={`/${accountId}/iam/service-accounts/${id}`} />
    ),
  },
  {
    name: 'Status',
    sort: 'status',
    cell: ({ status }) => <Badge color={status === 'Active' ? 'mint' : 'gray'}>{status}</Badge>,
  },
  { name: 'Owners', cell: ({ owners }) => <TeamLinks ids={owners ?? []} /> },
  { name: 'Roles', cell: ({ id }) => <Roles of={id} /> },
  { name: 'Tokens', cell: ({ id }) => <ActiveTokens of={id} /> },
  { name: 'Last used', cell: ({ id }) => <SummaryTime of={id} attribute="lastUsedAt" /> },
  { name: 'Next expiry', cell: ({ id }) => <SummaryTime of={id} attribute="nextExpiryAt" /> },
  { name: 'Created', sort: 'createdAt', cell: ({ createdAt }) => <Time at={createdAt} /> },
]

const rolesShown = 2

function Roles({ of }: { of: string }) {
  const granted = useContext(UsageOfRows).roles
  const ids = [...(granted?.get(of) ?? [])]
  const known = useRecordsById(roles, ids)
  if (!granted) return null
  if (ids.length === 0) return <Badge color="yellow">No access policy</Badge>
  const names = ids.map((id) => known.get(id)?.name ?? id).toSorted()
  return (
    <Group gap={6}>
      {names.slice(0, rolesShown).map((name) => (
        <Badge key={name} color="mint">
          {name}
        </Badge>
      ))}
      {names.length > rolesShown && (
        <span title={names.slice(rolesShown).join(', ')} className="quiet">
          +{names.length - rolesShown}
        </span>
      )}
    </Group>
  )
}

function ActiveTokens({ of }: { of: string }) {
  const count = useContext(UsageOfRows).summaries?.get(of)?.activeTokens
  if (count === 0) return <span className="quiet">none</span>
  return count === activeTokensMax ? `${count.toLocaleString('en')}+` : count?.toLocaleString('en')
}

function SummaryTime({ of, attribute }: { of: string; attribute: 'lastUsedAt' | 'nextExpiryAt' }) {
  const summary = useContext(UsageOfRows).summaries?.get(of)
  return summary && <Time at={summary[attribute]} never={attribute === 'nextExpiryAt' ? 'none' : 'never'} />
}
