/** A calendar of expiring tokens. Selecting a day lists its tokens. */
import { Text, Title } from '@mantine/core'
import type { Found } from '@mintmark/client'
import { accessTokenUsages } from '@mintmark/contract'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { Panel } from '../parts/page.tsx'
import { Loaded } from '../parts/states.tsx'
import { formatCount, formatDateTime } from '../parts/time.tsx'
import { pageQuery } from '../queries.ts'
import { useAccount } from '../session/account.ts'
import { LastSix } from '../tokens/token-text.tsx'
import { now } from '../world.ts'

type Usage = Found<typeof accessTokenUsages>

const weeks = 5
const tokensMax = 100
const weekdays = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun']
const longDay = new Intl.DateTimeFormat('en-GB', { weekday: 'long', day: 'numeric', month: 'long' })
const shortMonth = new Intl.DateTimeFormat('en-GB', { month: 'short' })

interface Day {
  readonly key: string
  readonly date: Date
  readonly isPast: boolean
  readonly isToday: boolean
}

/** Days from Monday of this week, in local time. */
function calendarDays(): readonly Day[] {
  const today = startOfDay(now())
  const monday = addDays(today, -((today.getDay() + 6) % 7))
  return Array.from({ length: weeks * 7 }, (_, index) => {
    const date = addDays(monday, index)
    return { key: keyOf(date), date, isPast: date < today, isToday: keyOf(date) === keyOf(today) }
  })
}

const startOfDay = (at: Date) => new Date(at.getFullYear(), at.getMonth(), at.getDate())
const addDays = (at: Date, days: number) => new Date(at.getFullYear(), at.getMonth(), at.getDate() + days)
const keyOf = (at: Date) => `${at.getFullYear()}-${at.getMonth() + 1}-${at.getDate()}`

export function ExpiryCalendar() {
  const account = useAccount()
  const days = calendarDays()
  const end = addDays(days.at(-1)?.date ?? now(), 1)
  const query = useQuery(
    pageQuery(accessTokenUsages, 'list', {
      filters: { account: account.id, expiresAfter: startOfDay(now()).toISOString(), expiresBefore: end.toISOString() },
      sort: ['expiresAt'],
      page: { number: 1, size: tokensMax },
    }),
  )
  return (
    <Panel title="Expiring tokens">
      <Loaded of={query}>
        {({ records, totalCount }) => <Weeks days={days} tokens={records} total={totalCount} />}
      </Loaded>
    </Panel>
  )
}

function Weeks({ days, tokens, total }: { days: readonly Day[]; tokens: readonly Usage[]; total: number }) {
  const [chosen, setChosen] = useState<string | null>(null)
  const byDay = Map.groupBy(tokens, ({ expiresAt }) => keyOf(new Date(expiresAt ?? '')))
  const shown = days.find(({ key }) => key === chosen)
  const last = tokens.at(-1)?.expiresAt
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
          {Array.from({ length: weeks }, (_, week) => days.slice(week * 7, week * 7 + 7)).map((row) => (
            <tr key={row[0]?.key}>
              {row.map((day) => (
                <td key={day.key} className={day.isPast ? 'past' : day.isToday ? 'today' : undefined}>
                  <DayCell
                    day={day}
                    count={byDay.get(day.key)?.length ?? 0}
                    isChosen={day.key === chosen}
                    onChoose={() => setChosen(day.key === chosen ? null : day.key)}
                  />
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
      <div aria-live="polite">
        {shown && byDay.has(shown.key) ? (
          <DayTokens day={shown.date} tokens={byDay.get(shown.key) ?? []} />
        ) : (
          <Text size="sm" c="dimmed" mt={10}>
            {total === 0
              ? 'No tokens expire in the next 5 weeks.'
              : total > tokens.length && last
                ? `${formatCount(total, 'token')} expire. The calendar shows the first ${tokens.length}, until ${formatDateTime(last)}.`
                : 'Select a day to see its tokens.'}
          </Text>
        )}
      </div>
    </>
  )
}

interface DayCell {
  readonly day: Day
  readonly count: number
  readonly isChosen: boolean
  readonly onChoose: () => void
}

function DayCell({ day: { date }, count, isChosen, onChoose }: DayCell) {
  const label = date.getDate() === 1 ? `1 ${shortMonth.format(date)}` : String(date.getDate())
  if (count === 0) return <span className="day">{label}</span>
  return (
    <button type="button" className="day" aria-pressed={isChosen} onClick={onChoose}>
      <span aria-hidden>{label}</span>
      <b aria-hidden>{count}</b>
      <span className="hidden-text">{`${longDay.format(date)}: ${formatCount(count, 'token')} ${count === 1 ? 'expires' : 'expire'}`}</span>
    </button>
  )
}

function DayTokens({ day, tokens }: { day: Date; tokens: readonly Usage[] }) {
  return (
    <section aria-label={longDay.format(day)}>
      <Title order={3} mt={12} mb={4}>
        {longDay.format(day)}
      </Title>
      <ul className="findings flush">
        {tokens.map((token) => (
          <li key={token.id}>
            <div style={{ minWidth: 0 }}>
              <Text fw={600} className="break">
                {token.name || 'Unnamed token'}{' '}
                <Text span size="sm" c="dimmed" fw={400}>
                  <LastSix of={token.lastCharacters} />
                </Text>
              </Text>
              <Text size="sm" c="dimmed" className="break">
                {token.ownerEmail}
              </Text>
            </div>
            <time dateTime={token.expiresAt ?? ''} className="quiet nowrap">
              {formatDateTime(token.expiresAt ?? '').slice(-5)}
            </time>
          </li>
        ))}
      </ul>
    </section>
  )
}
