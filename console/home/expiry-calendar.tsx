/** A calendar of expiring tokens. A day links to the report of its tokens. */
import { Text } from '@mantine/core'
import { limits } from '@mintmark/contract'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { Panel } from '../parts/page.tsx'
import { Loaded } from '../parts/states.tsx'
import { useAccount } from '../session/account.ts'
import { formatLimited, type Overview, overviewQuery } from './overview.ts'

const weeks = 5
const weekdays = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun']
const longDay = new Intl.DateTimeFormat('en-GB', { weekday: 'long', day: 'numeric', month: 'long', timeZone: 'UTC' })
const shortMonth = new Intl.DateTimeFormat('en-GB', { month: 'short', timeZone: 'UTC' })

type Expiries = Overview['expiries']

export function ExpiryCalendar() {
  const account = useAccount()
  const query = useQuery(overviewQuery(account.id))
  return (
    <Panel title="Expiring tokens">
      <Loaded of={query}>{({ expiries }) => <Weeks expiries={expiries} />}</Loaded>
    </Panel>
  )
}

/** The dates from Monday of this week, such as `2027-03-01`. Dates are calculated in UTC, where all days have 24 hours. */
function calendarDates(today: string): readonly string[] {
  const first = new Date(today)
  first.setUTCDate(first.getUTCDate() - ((first.getUTCDay() + 6) % 7))
  return Array.from({ length: weeks * 7 }, (_, days) => {
    const date = new Date(first)
    date.setUTCDate(first.getUTCDate() + days)
    return date.toISOString().slice(0, 10)
  })
}

function Weeks({ expiries }: { expiries: Expiries }) {
  const today = expiries[0]?.date ?? ''
  const counts = new Map(expiries.map(({ date, count }) => [date, count]))
  const dates = calendarDates(today)
  const isEmpty = dates.every((date) => !counts.get(date))
  return (
    <>
      <table className="calendar">
        <caption className="hidden-text">Tokens that expire on each day</caption>
        <thead>
          <tr>
            {weekdays.map((name) => (
              <th key={name} scope="col">
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {Array.from({ length: weeks }, (_, week) => dates.slice(week * 7, week * 7 + 7)).map((row) => (
            <tr key={row[0]}>
              {row.map((date) => (
                <td key={date} className={date < today ? 'past' : date === today ? 'today' : undefined}>
                  <DayCell date={date} count={counts.get(date) ?? 0} />
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
      <Text size="sm" c="dimmed" mt={10}>
        {isEmpty ? 'No tokens expire in the next 5 weeks.' : 'Select a day to see its tokens.'}
      </Text>
    </>
  )
}

function DayCell({ date, count }: { date: string; count: number }) {
  const account = useAccount()
  const at = new Date(date)
  const label = at.getUTCDate() === 1 ? `1 ${shortMonth.format(at)}` : String(at.getUTCDate())
  if (count === 0) return <span className="day">{label}</span>
  const shown = formatLimited(count, limits.countedMatches)
  return (
    <Link to={`/${account.id}/token-report`} search={{ day: date, sort: 'expiresAt' } as never} className="day">
      <span aria-hidden>{label}</span>
      <b aria-hidden>{shown}</b>
      <span className="hidden-text">{`${longDay.format(at)}: ${shown} ${count === 1 ? 'token expires' : 'tokens expire'}`}</span>
    </Link>
  )
}
