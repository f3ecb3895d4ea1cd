/** The figures of an account at a glance. */
import { Text } from '@mantine/core'
import { limits } from '@mintmark/contract'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useAccount } from '../session/account.ts'
import { useHour } from './last-hour.ts'
import { formatLimited, overviewQuery } from './overview.ts'

export function Figures() {
  const account = useAccount()
  const { data: overview } = useQuery(overviewQuery(account.id))
  const { data: hour } = useHour()
  const last = hour?.bars.at(-2)
  const counted = (count: number | undefined) => (count === undefined ? '–' : formatLimited(count, limits.countedRows))
  const figures = [
    {
      name: 'Active tokens',
      value: counted(overview?.activeTokens),
      to: `/${account.id}/token-report`,
      search: { state: 'active' },
    },
    {
      name: 'Service accounts',
      value: counted(overview?.serviceAccounts),
      to: `/${account.id}/iam/service-accounts`,
      search: {},
    },
    { name: 'Requests per minute', value: last ? (last.allowed + last.denied).toLocaleString('en') : '–' },
  ]
  return (
    <dl className="figures">
      {figures.map(({ name, value, to, search }) => (
        <div key={name} className="panel">
          <Text component="dt" size="sm" c="dimmed">
            {name}
          </Text>
          <dd>
            {to ? (
              <Link to={to} search={search as never} aria-label={`${name}: ${value}`}>
                {value}
              </Link>
            ) : (
              value
            )}
          </dd>
        </div>
      ))}
    </dl>
  )
}
