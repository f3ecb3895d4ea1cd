/** A table of records; of a long one only what is near the window is drawn. */
import { fetched } from './fetched.tsx'
import { RecordsTable, type Table } from './records-table.tsx'

export type { Column, Picked } from './records-table.tsx'

/** So many are drawn faster than it takes to find out which are needed. */
const drawnAtOnce = 40

interface Records<T> extends Table<T> {
  /** Draws all rows, where it is not the window that scrolls them. */
  readonly isWhole?: boolean
}

export function Records<T extends { readonly id: string }>({ isWhole = false, ...of }: Records<T>) {
  const Rows = isWhole || of.rows.length <= drawnAtOnce ? WholeRecords : LongRecords
  return <Rows {...(of as unknown as Table<Any>)} />
}

/** What lies between the rows and their columns need not know what they are. */
type Any = { readonly id: string }

const WholeRecords = (of: Table<Any>) => (
  <RecordsTable of={of} view={{ drawn: of.rows.map((row, index) => ({ row, index, gap: 0 })), isWindowed: false }} />
)

const LongRecords = fetched(async () => (await import('./windowed-records.tsx')).WindowedRecords, WholeRecords)
