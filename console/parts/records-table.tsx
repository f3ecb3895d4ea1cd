/** The table that shows records. On a phone every row becomes a card, and each cell carries the name of its column. */
import { Checkbox } from '@mantine/core'
import { ArrowDownIcon, ArrowUpIcon } from '@primer/octicons-react'
import { type FocusEvent, Fragment, type ReactNode, type Ref } from 'react'

export interface Column<T> {
  readonly name: string
  readonly cell: (row: T) => ReactNode
  /** The key the server sorts by. */
  readonly sort?: string
}

export interface Picked {
  readonly ids: ReadonlySet<string>
  readonly change: (ids: ReadonlySet<string>) => void
}

export interface Table<T> {
  readonly label: string
  readonly rows: readonly T[]
  readonly columns: readonly Column<T>[]
  /** What can be done with one row, at its end. */
  readonly acts?: ((row: T) => ReactNode) | undefined
  readonly sort?: string | undefined
  readonly onSort?: ((sort: string) => void) | undefined
  readonly picked?: Picked | undefined
  /** What the row is called, for the name of its box to tick. */
  readonly nameOf?: ((row: T) => string) | undefined
}

export interface Drawn<T> {
  readonly row: T
  readonly index: number
  /** The height of the rows before it that are not drawn. */
  readonly gap: number
}

/** Which rows are drawn, and what draws them has to know of the table. */
export interface View<T> {
  readonly body?: Ref<HTMLTableSectionElement>
  readonly drawn: readonly Drawn<T>[]
  readonly isWindowed: boolean
  readonly onFocus?: (event: FocusEvent<HTMLElement>) => void
  readonly measure?: Ref<HTMLTableRowElement>
}

export function RecordsTable<T extends { readonly id: string }>({
  of: { label, rows, columns, acts, sort, onSort, picked, nameOf },
  view: { body, drawn, isWindowed, onFocus, measure },
}: {
  of: Table<T>
  view: View<T>
}) {
  const allPicked = picked !== undefined && rows.length > 0 && rows.every(({ id }) => picked.ids.has(id))
  return (
    <table
      className={isWindowed ? 'records windowed' : 'records'}
      aria-label={label}
      aria-rowcount={isWindowed ? rows.length + 1 : undefined}
    >
      <thead>
        <tr aria-rowindex={isWindowed ? 1 : undefined}>
          {picked && (
            <th className="tick">
              <Checkbox
                size="xs"
                aria-label="Select all on this page"
                checked={allPicked}
                indeterminate={!allPicked && rows.some(({ id }) => picked.ids.has(id))}
                onChange={() => picked.change(together(picked.ids, rows, !allPicked))}
              />
            </th>
          )}
          {columns.map((column) => (
            <Heading key={column.name} column={column} sort={sort} onSort={onSort} />
          ))}
          {acts && (
            <th className="acts">
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
            <tr ref={measure} data-index={index} aria-rowindex={isWindowed ? index + 2 : undefined}>
              {picked && (
                <td className="tick">
                  <Checkbox
                    size="xs"
                    aria-label={`Select ${nameOf?.(row) ?? row.id}`}
                    checked={picked.ids.has(row.id)}
                    onChange={() => picked.change(toggled(picked.ids, row.id))}
                  />
                </td>
              )}
              {columns.map(({ name, cell }, index) => (
                <td key={name} data-label={name} className={index === 0 ? 'first' : undefined}>
                  <div>{cell(row)}</div>
                </td>
              ))}
              {acts && (
                <td className="acts">
                  <div>{acts(row)}</div>
                </td>
              )}
            </tr>
          </Fragment>
        ))}
      </tbody>
    </table>
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

/** Those of other pages stay as they are. */
function together(ids: ReadonlySet<string>, rows: readonly { id: string }[], isPicked: boolean): ReadonlySet<string> {
  const here = rows.map(({ id }) => id)
  return isPicked ? new Set([...ids, ...here]) : new Set([...ids].filter((id) => !here.includes(id)))
}

function toggled(ids: ReadonlySet<string>, id: string): ReadonlySet<string> {
  const next = new Set(ids)
  if (!next.delete(id)) next.add(id)
  return next
}
