/** Input for a duration in days, hours or minutes, optionally unlimited. The value is in minutes. */
import { Group, NumberInput, Select, Stack, Switch, Text } from '@mantine/core'
import { useId, useState } from 'react'
import { formatDuration } from './time.tsx'

const units = [
  { value: '1440', label: 'days' },
  { value: '60', label: 'hours' },
  { value: '1', label: 'minutes' },
]

interface DurationInput {
  readonly label: string
  readonly description?: string
  /** If given, a switch with this label turns the limit on and off. */
  readonly limit?: { readonly label: string; readonly first: number; readonly off: string }
  /** Minutes; null for no limit; NaN while the field is empty. */
  readonly value: number | null
  readonly onChange: (minutes: number | null) => void
  readonly max: number
  readonly error?: string | undefined
  readonly disabled?: boolean
}

export function DurationInput({
  label,
  description,
  limit,
  value,
  onChange,
  max,
  error,
  disabled = false,
}: DurationInput) {
  const [unit, setUnit] = useState(() => unitOf(value ?? limit?.first ?? 0))
  const id = useId()
  const isTyped = value !== null && !Number.isNaN(value)
  const tooLong = isTyped && value > max ? `Maximum: ${formatDuration(max)}.` : undefined
  const change = (typed: string | number) =>
    onChange(typed === '' || Number(typed) < 1 ? Number.NaN : Math.round(Number(typed) * unit))
  const changeUnit = (next: string | null) => {
    setUnit(Number(next))
    if (isTyped) onChange(Math.round((value / unit) * Number(next)))
  }
  return (
    <Stack gap={6} role="group" aria-labelledby={id}>
      <div>
        <Text fw={500} size="sm" id={id}>
          {label}
        </Text>
        {description && (
          <Text size="sm" c="dimmed">
            {description}
          </Text>
        )}
      </div>
      {limit && (
        <Switch
          label={limit.label}
          checked={value !== null}
          disabled={disabled}
          onChange={(event) => onChange(event.currentTarget.checked ? limit.first : null)}
        />
      )}
      {value === null ? (
        <Text size="sm" c="dimmed">
          {limit?.off}
        </Text>
      ) : (
        <Group gap={8} align="flex-start">
          <NumberInput
            aria-label={`${label}: amount`}
            w={120}
            min={1}
            allowNegative={false}
            decimalScale={unit === 1 ? 0 : 2}
            value={isTyped ? value / unit : ''}
            onChange={change}
            disabled={disabled}
            error={(error ?? tooLong) !== undefined}
          />
          <Select
            aria-label={`${label}: unit`}
            w={120}
            data={units}
            value={String(unit)}
            onChange={changeUnit}
            allowDeselect={false}
            disabled={disabled}
          />
        </Group>
      )}
      {(error ?? tooLong) && (
        <Text size="sm" c="var(--mantine-color-error)" role="alert">
          {error ?? tooLong}
        </Text>
      )}
    </Stack>
  )
}

const unitOf = (minutes: number): number => (minutes % 1440 === 0 ? 1440 : minutes % 60 === 0 ? 60 : 1)

export const isValidDuration = (minutes: number | null, max: number): boolean =>
  minutes === null || (Number.isInteger(minutes) && minutes >= 1 && minutes <= max)
