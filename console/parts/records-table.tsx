/** A table of records. On phones each row is a card, and each cell shows the name of its column. */
import { Checkbox } from '@mantine/core'
import { ArrowDownIcon, ArrowUpIcon } from '@primer/octicons-react'
import { type FocusEvent, Fragment, memo, type ReactNode, type Ref } from 'react'

export interface Column<T> {
  readonly name: string
  readonly cell: (row: T) => ReactNode
  /** The key the server sorts by. */
  readonly sort?: string
}

export interface Selection {
  readonly ids: ReadonlySet<string>
  readonly change: (ids: ReadonlySet<string>) => void
}

export interface Table<T> {
  readonly label: string
  readonly rows: readonly T[]
  readonly columns: readonly Column<T>[]
  /** Row actions, shown in the last column. */
  readonly actions?: ((row: T) => ReactNode) | undefined
  readonly sort?: string | undefined
  readonly onSort?: ((sort: string) => void) | undefined
  readonly selection?: Selection | undefined
  /** The name of a row, for the accessible name of its checkbox. */
  readonly nameOf?: ((row: T) => string) | undefined
}

export interface DrawnRow<T> {
  readonly row: T
  readonly index: number
  /** The height in pixels of the rows before it that are not rendered. */
  readonly gap: number
}

/** The rendered rows, and the callbacks that windowing needs. */
export interface View<T> {
  readonly body?: Ref<HTMLTableSectionElement>
  readonly drawn: readonly DrawnRow<T>[]
  readonly isWindowed: boolean
  readonly onFocus?: (event: FocusEvent<HTMLElement>) => void
  readonly measure?: Ref<HTMLTableRowElement>
}

interface RecordsTableProps<T> {
  readonly of: Table<T>
  readonly view: View<T>
}

export function RecordsTable<T extends { readonly id: string }>({ of, view }: RecordsTableProps<T>) {
  const { label, rows, columns, actions, sort, onSort, selection } = of
  const { body, drawn, isWindowed, onFocus, measure } = view
  const isAllSelected = selection !== undefined && rows.length > 0 && rows.every(({ id }) => selection.ids.has(id))
  return (
    <table
      className={isWindowed ? 'records windowed' : 'records'}
      aria-label={label}
      aria-rowcount={isWindowed ? rows.length + 1 : undefined}
    >
      <thead>
        <tr aria-rowindex={isWindowed ? 1 : undefined}>
          {selection && (
            <th className="tick">
              <Checkbox
                size="xs"
                aria-label="Select all on this page"
                checked={isAllSelected}
                indeterminate={!isAllSelected && rows.some(({ id }) => selection.ids.has(id))}
                onChange={() => selection.change(withPage(selection.ids, rows, !isAllSelected))}
              />
            </th>
          )}
          {columns.map((column) => (
            <Heading key={column.name} column={column} sort={sort} onSort={onSort} />
          ))}
          {actions && (
            <th className="actions">
              <span className="hidden-text">Actions</span>
            </th>
          )}
        </tr>
      </thead>
      <tbody ref={body} onFocus={onFocus}>
        {drawn.map(({ row, index, gap }) => (
          <Fragment key={row.id}>
            {gap > 0 && (
              <tr className="gap" aria-hidden style={{ height: gap }}>
                <td />
              </tr>
            )}
            <RecordRow of={of} row={row} index={index} isWindowed={isWindowed} measure={measure} />
          </Fragment>
        ))}
      </tbody>
    </table>
  )
}

interface RecordRowProps<T> {
  readonly of: Table<T>
  readonly row: T
  readonly index: number
  readonly isWindowed: boolean
  readonly measure: Ref<HTMLTableRowElement> | undefined
}

/** Not rendered again while the list scrolls, because the table is the same then. */
const RecordRow = memo(RecordRowContent) as typeof RecordRowContent

function RecordRowContent<T extends { readonly id: string }>({
  of: { columns, actions, selection, nameOf },
  row,
  index,
  isWindowed,
  measure,
}: RecordRowProps<T>) {
  return (
    <tr ref={measure} data-index={index} aria-rowindex={isWindowed ? index + 2 : undefined}>
      {selection && (
        <td className="tick">
          <Checkbox
            size="xs"
            aria-label={`Select ${nameOf?.(row) ?? row.id}`}
            checked={selection.ids.has(row.id)}
            onChange={() => selection.change(toggled(selection.ids, row.id))}
          />
        </td>
      )}
      {columns.map(({ name, cell }, index) => (
        <td key={name} data-label={name} className={index === 0 ? 'first' : undefined}>
          <div>{cell(row)}</div>
        </td>
      ))}
      {actions && (
        <td className="actions">
          <div>{actions(row)}</div>
        </td>
      )}
    </tr>
  )
}

function Heading<T>({
  column,
  sort,
  onSort,
}: {
  column: Column<T>
  sort: string | undefined
  onSort: Table<T>['onSort']
}) {
  const { name, sort: key } = column
  if (!key || !onSort) return <th scope="col">{name}</th>
  const direction = sort === key ? 'ascending' : sort === `-${key}` ? 'descending' : undefined
  return (
    <th scope="col" aria-sort={direction ?? 'none'}>
      <button type="button" onClick={() => onSort(direction === 'ascending' ? `-${key}` : key)}>
        {name}
        {direction === 'ascending' && <ArrowUpIcon size={12} />}
        {direction === 'descending' && <ArrowDownIcon size={12} />}
      </button>
    </th>
  )
}

/** Selects or deselects the rows of this page; the selection on other pages is kept. */
function withPage(ids: ReadonlySet<string>, rows: readonly { id: string }[], isSelected: boolean): ReadonlySet<string> {
  const here = rows.map(({ id }) => id)
  return isSelected ? new Set([...ids, ...here]) : new Set([...ids].filter((id) => !here.includes(id)))
}

function toggled(ids: ReadonlySet<string>, id: string): ReadonlySet<string> {
  const next = new Set(ids)
  if (!next.delete(id)) next.add(id)
  return next
}
