/** How long a new token lives: a few sensible spans, a day of one's own, within what the account allows. */
import { Select, Stack, TextInput } from '@mantine/core'
import { lifetime, onDay } from '../parts/time.tsx'
import { now } from '../world.ts'

const dayMinutes = 1_440
const usual = [7, 30, 60, 90, 180, 365].map((days) => days * dayMinutes)

export type Expiry =
  | { readonly is: 'span'; readonly minutes: number }
  | { readonly is: 'day'; readonly day: string }
  | { readonly is: 'never' }

/** Thirty days, or all that is allowed when that is less. */
export const firstExpiry = (most: number | null): Expiry => ({
  is: 'span',
  minutes: Math.min(30 * dayMinutes, most ?? Number.POSITIVE_INFINITY),
})

/** Minutes for the API; null for a token that does not end; undefined while no day is given. */
export function minutesOf(expiry: Expiry): number | null | undefined {
  if (expiry.is === 'never') return null
  if (expiry.is === 'span') return expiry.minutes
  const end = Date.parse(`${expiry.day}T23:59:00`)
  return Number.isNaN(end) ? undefined : Math.floor((end - now().getTime()) / 60_000)
}

interface ExpiryChoice {
  readonly value: Expiry
  readonly onChange: (expiry: Expiry) => void
  /** Minutes; null when the account sets no limit. */
  readonly most: number | null
  readonly error?: string | undefined
}

export function ExpiryChoice({ value, onChange, most, error }: ExpiryChoice) {
  const allowed = usual.filter((minutes) => most === null || minutes <= most)
  const spans = most === null || allowed.includes(most) ? allowed : [...allowed, most]
  const options = [
    ...spans.map((minutes) => ({
      value: String(minutes),
      label: `${lifetime(minutes)} (${onDay(inMinutes(minutes))})`,
    })),
    { value: 'day', label: 'Until a day of your choice' },
    ...(most === null ? [{ value: 'never', label: 'No expiry' }] : []),
  ]
  const choose = (chosen: string | null) => {
    if (chosen === 'never') onChange({ is: 'never' })
    else if (chosen === 'day')
      onChange({ is: 'day', day: iso(inMinutes(Math.min(30 * dayMinutes, most ?? Number.POSITIVE_INFINITY))) })
    else if (chosen) onChange({ is: 'span', minutes: Number(chosen) })
  }
  const isDay = value.is === 'day'
  return (
    <Stack gap={8}>
      <Select
        label="Expires after"
        description={about(value, most)}
        data={options}
        value={value.is === 'span' ? String(value.minutes) : value.is}
        onChange={choose}
        allowDeselect={false}
        maxDropdownHeight={280}
        error={isDay ? undefined : error}
      />
      {isDay && (
        <TextInput
          type="date"
          label="Last day"
          value={value.day}
          min={iso(now())}
          max={most === null ? undefined : iso(inMinutes(most))}
          onChange={(event) => onChange({ is: 'day', day: event.currentTarget.value })}
          error={error}
          required
          withAsterisk={false}
        />
      )}
    </Stack>
  )
}

function about(value: Expiry, most: number | null): string {
  if (value.is === 'never') return 'It lives until somebody deletes it. A token with an end is safer.'
  if (most !== null) return `Your account allows at most ${lifetime(most)}.`
  return 'Short lives are safer; rotating takes one click or one call.'
}

const inMinutes = (minutes: number) => new Date(now().getTime() + minutes * 60_000)

/** As the browser's field for dates wants it, in the time of this place. */
const iso = (at: Date) =>
  `${at.getFullYear()}-${String(at.getMonth() + 1).padStart(2, '0')}-${String(at.getDate()).padStart(2, '0')}`
