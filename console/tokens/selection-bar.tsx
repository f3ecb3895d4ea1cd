/** The selection of the token report: its size, actions, and a button to select all matching tokens. */
import { Group, Text } from '@mantine/core'
import type { Found } from '@mintmark/client'
import type { accessTokenUsages } from '@mintmark/contract'
import { TrashIcon } from '@primer/octicons-react'
import { useRef } from 'react'
import { ActionButton } from '../parts/action-button.tsx'
import type { ListedRecords } from '../parts/listing.tsx'
import { formatCount } from '../parts/time.tsx'
import { type SelectAllMatching, selectionMax, useSelectAllMatching } from './select-all-matching.ts'

type Row = Found<typeof accessTokenUsages>

interface SelectionBar {
  readonly listed: ListedRecords<typeof accessTokenUsages, 'list'>
  readonly ids: ReadonlySet<string>
  /** Why the selected tokens cannot be revoked; null if they can. */
  readonly disabledReason: string | null
  readonly onSelect: (rows: readonly Row[]) => void
  readonly onClear: () => void
  readonly onDelete: () => void
}

export function SelectionBar({ listed, ids, disabledReason, onSelect, onClear, onDelete }: SelectionBar) {
  const bar = useRef<HTMLElement>(null)
  const count = ids.size
  // Keeps the focus in the bar when the focused button is removed.
  const stay = () => bar.current?.focus()
  const allMatching = useSelectAllMatching(listed.request, (rows) => {
    onSelect(rows)
    if (bar.current?.contains(document.activeElement)) stay()
  })
  if (listed.records.length === 0 && count === 0) return null
  return (
    <section className="selection-bar" data-any={count > 0 || undefined} aria-label="Selection" tabIndex={-1} ref={bar}>
      <Text fw={600} role="status" {...(count === 0 && { c: 'dimmed' })}>
        {allMatching.state.state === 'busy'
          ? `${allMatching.state.found.toLocaleString('en')} of ${selectableCount(listed).toLocaleString('en')} found`
          : count > 0
            ? `${formatCount(count, 'token')} selected`
            : 'No tokens selected'}
      </Text>
      {count > 0 && (
        <Link
          onClick={() => {
            onClear()
            stay()
          }}
        >
          Clear selection
        </Link>
      )}
      <ActionButton
        color="red"
        leftSection={<TrashIcon />}
        disabledReason={count === 0 ? 'Select tokens first.' : disabledReason}
        onClick={onDelete}
      >
        Revoke selected
      </ActionButton>
      <SelectMore listed={listed} ids={ids} allMatching={allMatching} onSelect={onSelect} onGone={stay} />
    </section>
  )
}

const selectableCount = ({ totalCount }: { totalCount: number }) => Math.min(totalCount, selectionMax)

interface SelectMore extends Pick<SelectionBar, 'listed' | 'ids' | 'onSelect'> {
  readonly allMatching: SelectAllMatching
  readonly onGone: () => void
}

function SelectMore({
  listed,
  ids,
  allMatching: { state, lastFoundIds, start, cancel },
  onSelect,
  onGone,
}: SelectMore) {
  const { records, totalCount } = listed
  const press = (action: () => void) => () => {
    action()
    onGone()
  }
  const isPageSelected = records.every(({ id }) => ids.has(id))
  if (state.state === 'busy') return <Link onClick={press(cancel)}>Cancel</Link>
  if (!isPageSelected)
    // On phones the table has no header checkbox.
    return (
      <Group hiddenFrom="sm">
        <Link onClick={press(() => onSelect(records))}>Select this page</Link>
      </Group>
    )
  if (totalCount <= records.length || lastFoundIds?.every((id) => ids.has(id))) return null
  return (
    <>
      <Link onClick={press(start)}>
        {totalCount > selectionMax
          ? `Select the first ${selectionMax.toLocaleString('en')} matching tokens`
          : `Select all ${totalCount.toLocaleString('en')} matching tokens`}
      </Link>
      {totalCount > selectionMax && <Text size="sm">Up to {selectionMax.toLocaleString('en')} at a time.</Text>}
      {state.state === 'failed' && (
        <Text size="sm" c="red" role="alert">
          {state.reason}
        </Text>
      )}
    </>
  )
}

const Link = ({ onClick, children }: { onClick: () => void; children: string }) => (
  <button type="button" className="link" onClick={onClick}>
    {children}
  </button>
)
