/** A time, relative ("in 3 days") or as date and time. The other form is in the tooltip and for screen readers. */
import { Tooltip } from '@mantine/core'
import { useEffect, useState } from 'react'
import { timeZone as currentTimeZone } from '../session/time-zone.ts'
import { now } from '../world.ts'
import { useExactTimes } from './exact-times.ts'

/** The unit, its length in seconds, and the difference in seconds from which it is used: "in 45 days" is clearer than "next month". */
const steps: readonly (readonly [unit: Intl.RelativeTimeFormatUnit, seconds: number, from: number])[] = [
  ['year', 31_557_600, 2 * 31_557_600],
  ['month', 2_629_800, 100 * 86_400],
  ['day', 86_400, 86_400],
  ['hour', 3_600, 3_600],
  ['minute', 60, 60],
]
const relativeFormat = new Intl.RelativeTimeFormat('en', { numeric: 'auto' })
/** Formatters are slow to create. */
const formats = new Map<string, Intl.DateTimeFormat>()

function format(at: Date, options: Intl.DateTimeFormatOptions): string {
  const timeZone = currentTimeZone()
  const key = JSON.stringify([timeZone, options])
  const known = formats.get(key) ?? new Intl.DateTimeFormat('en-GB', { ...options, timeZone })
  formats.set(key, known)
  return known.format(at)
}

function relative(at: string): string {
  const seconds = (Date.parse(at) - now().getTime()) / 1000
  const [unit, length] = steps.find(([, , from]) => Math.abs(seconds) >= from * 0.98) ?? []
  if (!unit || !length) return seconds > 0 ? 'in a moment' : 'just now'
  return relativeFormat.format(Math.round(seconds / length), unit)
}

const dateTime = {
  day: 'numeric',
  month: 'short',
  year: 'numeric',
  hour: '2-digit',
  minute: '2-digit',
  timeZoneName: 'short',
} as const

/** Such as "1 Dec 2026, 02:40 UTC". */
export const formatDateTime = (at: string): string => format(new Date(at), dateTime)
export const formatDate = (at: Date): string => format(at, { dateStyle: 'medium' })
export const formatTime = (at: Date): string => format(at, { timeStyle: 'short' })

export function Time({ at, never = 'never' }: { at: string | null | undefined; never?: string }) {
  useMinuteTick()
  const isExact = useExactTimes()
  if (!at) return <span className="quiet">{never}</span>
  const [shown, other] = isExact ? [formatDateTime(at), relative(at)] : [relative(at), formatDateTime(at)]
  return (
    <Tooltip label={other}>
      <time dateTime={at} className="nowrap" tabIndex={-1}>
        {shown}
        <span className="hidden-text"> ({other})</span>
      </time>
    </Tooltip>
  )
}

/** Rerenders every minute, so that relative times stay correct. */
function useMinuteTick(): void {
  const [, tick] = useState(0)
  useEffect(() => {
    const timer = setInterval(() => tick((count) => count + 1), 60_000)
    return () => clearInterval(timer)
  }, [])
}

const minutesIn = { day: 1_440, hour: 60 }

/** Formats minutes in the largest whole unit: 43,200 minutes are "30 days". */
export function formatDuration(minutes: number): string {
  if (minutes % minutesIn.day === 0) return formatCount(minutes / minutesIn.day, 'day')
  if (minutes % minutesIn.hour === 0) return formatCount(minutes / minutesIn.hour, 'hour')
  return formatCount(minutes, 'minute')
}

export const formatCount = (count: number, one: string, many = `${one}s`): string =>
  `${count.toLocaleString('en')} ${count === 1 ? one : many}`
