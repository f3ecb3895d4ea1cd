/** A moment, near and exact: "in 3 days", and the date to the minute for whoever points at it, reads it aloud or prefers it. */
import { Tooltip } from '@mantine/core'
import { useEffect, useState } from 'react'
import { now } from '../world.ts'
import { useExactTimes } from './exact-times.ts'

/** The unit, how many seconds it has, and from how many on it is spoken of: "in 45 days" says more than "next month". */
const steps: readonly (readonly [unit: Intl.RelativeTimeFormatUnit, seconds: number, from: number])[] = [
  ['year', 31_557_600, 2 * 31_557_600],
  ['month', 2_629_800, 100 * 86_400],
  ['day', 86_400, 86_400],
  ['hour', 3_600, 3_600],
  ['minute', 60, 60],
]
const near = new Intl.RelativeTimeFormat('en', { numeric: 'auto' })
const exact = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeStyle: 'short' })
const day = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium' })

function relative(at: string): string {
  const seconds = (Date.parse(at) - now().getTime()) / 1000
  const [unit, length] = steps.find(([, , from]) => Math.abs(seconds) >= from * 0.98) ?? []
  if (!unit || !length) return seconds > 0 ? 'in a moment' : 'just now'
  return near.format(Math.round(seconds / length), unit)
}

export const exactly = (at: string): string => exact.format(new Date(at))
export const onDay = (at: Date): string => day.format(at)

export function Time({ at, never = 'never' }: { at: string | null | undefined; never?: string }) {
  useMinutes()
  const isExact = useExactTimes()
  if (!at) return <span className="quiet">{never}</span>
  const [shown, other] = isExact ? [exactly(at), relative(at)] : [relative(at), exactly(at)]
  return (
    <Tooltip label={other}>
      <time dateTime={at} className="nowrap" tabIndex={-1}>
        {shown}
        <span className="hidden-text"> ({other})</span>
      </time>
    </Tooltip>
  )
}

/** So that "a minute ago" does not stand there for an hour. */
function useMinutes(): void {
  const [, tick] = useState(0)
  useEffect(() => {
    const timer = setInterval(() => tick((count) => count + 1), 60_000)
    return () => clearInterval(timer)
  }, [])
}

const minutesIn = { day: 1_440, hour: 60 }

/** 43,200 minutes are 30 days. */
export function lifetime(minutes: number): string {
  if (minutes % minutesIn.day === 0) return counted(minutes / minutesIn.day, 'day')
  if (minutes % minutesIn.hour === 0) return counted(minutes / minutesIn.hour, 'hour')
  return counted(minutes, 'minute')
}

export const counted = (count: number, one: string, many = `${one}s`): string =>
  `${count.toLocaleString('en')} ${count === 1 ? one : many}`
