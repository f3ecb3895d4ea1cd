/** The expiration of a new token: common lifetimes or a custom date, up to the maximum of the account. */
import { Select, Stack, TextInput } from '@mantine/core'
import { formatDate, formatDuration } from '../parts/time.tsx'
import { now } from '../world.ts'

const dayMinutes = 1_440
const commonLifetimes = [7, 30, 60, 90, 180, 365].map((days) => days * dayMinutes)

export type Expiry =
  | { readonly is: 'span'; readonly minutes: number }
  | { readonly is: 'day'; readonly day: string }
  | { readonly is: 'never' }

/** 30 days, or the maximum if it is shorter. */
export const defaultExpiry = (max: number | null): Expiry => ({
  is: 'span',
  minutes: Math.min(30 * dayMinutes, max ?? Number.POSITIVE_INFINITY),
})

/** Minutes for the API; null for no expiration; undefined while the date is missing. */
export function expiryMinutes(expiry: Expiry): number | null | undefined {
  if (expiry.is === 'never') return null
  if (expiry.is === 'span') return expiry.minutes
  const end = Date.parse(`${expiry.day}T23:59:00`)
  return Number.isNaN(end) ? undefined : Math.floor((end - now().getTime()) / 60_000)
}

interface ExpiryChoice {
  readonly value: Expiry
  readonly onChange: (expiry: Expiry) => void
  /** Minutes; null if the account sets no limit. */
  readonly max: number | null
  readonly error?: string | undefined
}

export function ExpiryChoice({ value, onChange, max, error }: ExpiryChoice) {
  const allowed = commonLifetimes.filter((minutes) => max === null || minutes <= max)
  const spans = max === null || allowed.includes(max) ? allowed : [...allowed, max]
  const options = [
    ...spans.map((minutes) => ({
      value: String(minutes),
      label: `${formatDuration(minutes)} (${formatDate(minutesFromNow(minutes))})`,
    })),
    { value: 'day', label: 'Custom date' },
    ...(max === null ? [{ value: 'never', label: 'No expiration' }] : []),
  ]
  const choose = (chosen: string | null) => {
    if (chosen === 'never') onChange({ is: 'never' })
    else if (chosen === 'day')
      onChange({ is: 'day', day: isoDate(minutesFromNow(Math.min(30 * dayMinutes, max ?? Number.POSITIVE_INFINITY))) })
    else if (chosen) onChange({ is: 'span', minutes: Number(chosen) })
  }
  const isDay = value.is === 'day'
  return (
    <Stack gap={8}>
      <Select
        label="Expiration"
        description={describeExpiry(value, max)}
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
          label="Expiration date"
          value={value.day}
          min={isoDate(now())}
          max={max === null ? undefined : isoDate(minutesFromNow(max))}
          onChange={(event) => onChange({ is: 'day', day: event.currentTarget.value })}
          error={error}
          required
          withAsterisk={false}
        />
      )}
    </Stack>
  )
}

function describeExpiry(value: Expiry, max: number | null): string {
  if (value.is === 'never') return 'The token works until someone revokes it. Tokens that expire are safer.'
  if (max !== null) return `Your account allows at most ${formatDuration(max)}.`
  return 'A shorter lifetime is safer. You can rotate the token at any time.'
}

const minutesFromNow = (minutes: number) => new Date(now().getTime() + minutes * 60_000)

/** Formats a date for a date input, in local time. */
const isoDate = (at: Date) =>
  `${at.getFullYear()}-${String(at.getMonth() + 1).padStart(2, '0')}-${String(at.getDate()).padStart(2, '0')}`
