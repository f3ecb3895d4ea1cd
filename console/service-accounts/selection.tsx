/** The selected service accounts, and what can be done with all of them. */
import { Group, Text } from '@mantine/core'
import { useRef, useState } from 'react'
import { ActionButton } from '../parts/action-button.tsx'
import { lazyComponent } from '../parts/lazy-component.tsx'
import { formatCount } from '../parts/time.tsx'
import { useAccount } from '../session/account.ts'
import { useDenialReason } from '../session/rights.ts'
import type { BulkChange } from './bulk-change.tsx'
import type { ServiceAccount } from './columns.tsx'

const BulkChangeDialog = lazyComponent(async () => (await import('./bulk-change.tsx')).BulkChangeDialog)

const selectionMax = 100

const actions = [
  { change: 'activate', label: 'Activate' },
  { change: 'deactivate', label: 'Deactivate' },
  { change: 'owners', label: 'Change owners' },
] as const

interface Selection {
  /** The rows of the page. */
  readonly listed: readonly ServiceAccount[]
  readonly selected: readonly ServiceAccount[]
  readonly onChange: (rows: readonly ServiceAccount[]) => void
}

export function ServiceAccountSelection({ listed, selected, onChange }: Selection) {
  const account = useAccount()
  const denialReason = useDenialReason()
  const bar = useRef<HTMLElement>(null)
  const [dialog, setDialog] = useState<{ change: BulkChange; rows: readonly ServiceAccount[] } | null>(null)
  const count = selected.length
  // Keeps the focus in the bar when the focused button is removed.
  const select = (rows: readonly ServiceAccount[]) => {
    onChange(rows)
    bar.current?.focus()
  }
  const disabledReason =
    count === 0
      ? 'Select service accounts first.'
      : count > selectionMax
        ? `Select at most ${selectionMax} service accounts.`
        : denialReason('service-accounts:update', { account: account.id })
  if (listed.length === 0 && count === 0) return null
  return (
    <section className="selection-bar" data-any={count > 0 || undefined} aria-label="Selection" tabIndex={-1} ref={bar}>
      <Text fw={600} role="status" {...(count === 0 && { c: 'dimmed' })}>
        {count > 0 ? `${formatCount(count, 'service account')} selected` : 'No service accounts selected'}
      </Text>
      {count > 0 && (
        <button type="button" className="link" onClick={() => select([])}>
          Clear selection
        </button>
      )}
      {/* On phones the table has no header checkbox. */}
      {listed.some((row) => !selected.includes(row)) && (
        <Group hiddenFrom="sm">
          <button type="button" className="link" onClick={() => select([...new Set([...selected, ...listed])])}>
            Select this page
          </button>
        </Group>
      )}
      {actions.map(({ change, label }) => (
        <ActionButton
          key={change}
          variant="default"
          disabledReason={disabledReason}
          onClick={() => setDialog({ change, rows: selected })}
        >
          {label}
        </ActionButton>
      ))}
      {dialog && (
        <BulkChangeDialog
          {...dialog}
          onClose={(failed) => {
            setDialog(null)
            if (failed) onChange(failed)
          }}
        />
      )}
    </section>
  )
}
