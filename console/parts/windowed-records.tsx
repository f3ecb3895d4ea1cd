import { RecordsTable, type Table } from './records-table.tsx'
import { useWindowed } from './windowed.ts'

export const WindowedRecords = (of: Table<{ readonly id: string }>) => (
  <RecordsTable of={of} view={useWindowed(of.rows)} />
)
