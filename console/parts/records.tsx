/** A table of records. Long tables render only the rows near the viewport. */
import { lazyComponent } from './lazy-component.tsx'
import { RecordsTable, type Table } from './records-table.tsx'

export type { Column, Selection } from './records-table.tsx'

/** Up to this many rows, rendering all is faster than windowing. */
const wholeTableMax = 40

interface Records<T> extends Table<T> {
  /** Renders all rows. Required if the table scrolls in a container instead of the window. */
  readonly isWhole?: boolean
}

export function Records<T extends { readonly id: string }>({ isWhole = false, ...of }: Records<T>) {
  const Rows = isWhole || of.rows.length <= wholeTableMax ? WholeRecords : LongRecords
  return <Rows {...(of as unknown as Table<Any>)} />
}

/** The table does not depend on the record type. */
type Any = { readonly id: string }

const WholeRecords = (of: Table<Any>) => (
  <RecordsTable of={of} view={{ drawn: of.rows.map((row, index) => ({ row, index, gap: 0 })), isWindowed: false }} />
)

const LongRecords = lazyComponent(async () => (await import('./windowed-records.tsx')).WindowedRecords, WholeRecords)
