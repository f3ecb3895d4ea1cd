/** What is selected in the token report, what can be done with it, and the way from one page to everything that matches. */
import { Group, Text } from '@mantine/core'
import type { Found } from '@mintmark/client'
import type { accessTokenUsages } from '@mintmark/contract'
import { TrashIcon } from '@primer/octicons-react'
import { useRef } from 'react'
import { ActionButton } from '../parts/action-button.tsx'
import type { Shown } from '../parts/listing.tsx'
import { counted } from '../parts/time.tsx'
import { type Gathering, selectedAtOnce, useGathering } from './gathering.ts'

type Row = Found<typeof accessTokenUsages>

interface SelectionBar {
  readonly shown: Shown<typeof accessTokenUsages, 'list'>
  readonly ids: ReadonlySet<string>
  /** Why what is selected may not be deleted; null when it may. */
  readonly why: string | null
  readonly onSelect: (rows: readonly Row[]) => void
  readonly onClear: () => void
  readonly onDelete: () => void
}

export function SelectionBar({ shown, ids, why, onSelect, onClear, onDelete }: SelectionBar) {
  const bar = useRef<HTMLElement>(null)
  const count = ids.size
  // Where a button goes away that had the focus.
  const stay = () => bar.current?.focus()
  const gathering = useGathering(shown.asked, (rows) => {
    onSelect(rows)
    if (bar.current?.contains(document.activeElement)) stay()
  })
  if (shown.records.length === 0 && count === 0) return null
  return (
    <section
      className="selection-bar"
      data-any={count > 0 || undefined}
      aria-label="What is selected"
      tabIndex={-1}
      ref={bar}
    >
      <Text fw={600} role="status" {...(count === 0 && { c: 'dimmed' })}>
        {gathering.now.state === 'busy'
          ? `${gathering.now.found.toLocaleString('en')} of ${wanted(shown).toLocaleString('en')} found`
          : count > 0
            ? `${counted(count, 'token')} selected`
            : 'Nothing selected'}
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
        why={count === 0 ? 'Select tokens first.' : why}
        onClick={onDelete}
      >
        Delete selected
      </ActionButton>
      <More shown={shown} ids={ids} gathering={gathering} onSelect={onSelect} onGone={stay} />
    </section>
  )
}

const wanted = ({ totalCount }: { totalCount: number }) => Math.min(totalCount, selectedAtOnce)

interface More extends Pick<SelectionBar, 'shown' | 'ids' | 'onSelect'> {
  readonly gathering: Gathering
  readonly onGone: () => void
}

function More({ shown, ids, gathering: { now, all, begin, cancel }, onSelect, onGone }: More) {
  const { records, totalCount } = shown
  const press = (deed: () => void) => () => {
    deed()
    onGone()
  }
  const isPagePicked = records.every(({ id }) => ids.has(id))
  if (now.state === 'busy') return <Link onClick={press(cancel)}>Cancel</Link>
  if (!isPagePicked)
    // On a phone the table has no head to tick.
    return (
      <Group hiddenFrom="sm">
        <Link onClick={press(() => onSelect(records))}>Select this page</Link>
      </Group>
    )
  if (totalCount <= records.length || all?.every((id) => ids.has(id))) return null
  return (
    <>
      <Link onClick={press(begin)}>
        {totalCount > selectedAtOnce
          ? `Select the first ${selectedAtOnce.toLocaleString('en')} of ${totalCount.toLocaleString('en')} that match`
          : `Select all ${totalCount.toLocaleString('en')} that match`}
      </Link>
      {totalCount > selectedAtOnce && <Text size="sm">{selectedAtOnce.toLocaleString('en')} at once at most.</Text>}
      {now.state === 'failed' && (
        <Text size="sm" c="red" role="alert">
          {now.why}
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
