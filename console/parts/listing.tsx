/** A list that the server pages, searches, filters and sorts. Its state is kept in the URL query. */

import { CloseButton, Group, Select, Text, TextInput } from '@mantine/core'
import { useDebouncedCallback } from '@mantine/hooks'
import type { CallOptions, Found, Listed } from '@mintmark/client'
import { limits, type Resource } from '@mintmark/contract'
import { SearchIcon } from '@primer/octicons-react'
import { useQuery } from '@tanstack/react-query'
import { type ReactNode, useRef, useState } from 'react'
import { pageQuery } from '../queries.ts'
import { RestoreFocus } from './focus.ts'
import { defaultPageSize, PaginationBar, pageSizeFrom } from './pagination-bar.tsx'
import { type Column, Records, type Selection } from './records.tsx'
import { EmptyState, Loaded } from './states.tsx'
import { type UrlQuery, useUrlQuery } from './url-query.ts'

export interface ListFilter {
  /** The name in the URL query and in the API. */
  readonly name: string
  /** What is filtered, such as "State". */
  readonly label: string
  readonly options: readonly FilterOption[]
}

interface FilterOption {
  readonly value: string
  readonly label: string
  /** The filters of the API, if they differ from the name and the value. */
  readonly filters?: Readonly<Record<string, string>>
}

/** Returns the filters of the API that a URL query selects. */
export const filtersFrom = (filters: readonly ListFilter[], address: UrlQuery): Readonly<Record<string, string>> =>
  Object.assign(
    {},
    ...filters.map(({ name, options }) => {
      const value = address[name]
      return value ? (options.find((option) => option.value === value)?.filters ?? { [name]: value }) : {}
    }),
  )

interface Listing<R extends Resource, K extends Listed<R>> {
  readonly label: string
  readonly of: R
  readonly operation: K
  readonly request?: CallOptions<R, K>
  readonly columns: readonly Column<Found<R>>[]
  readonly actions?: (row: Found<R>) => ReactNode
  /** The label of the search field. Without it there is no search. */
  readonly search?: string
  readonly filters?: readonly ListFilter[]
  readonly sort?: string
  readonly empty: ReactNode
  readonly selection?: Selection
  readonly nameOf?: (row: Found<R>) => string
  /** Wraps the table, for example in a context with data of all rows. */
  readonly wrapTable?: (rows: readonly Found<R>[], table: ReactNode) => ReactNode
  /** Rendered between the filters and the table. */
  readonly toolbar?: ReactNode
  /** Rendered between the filters and the table, with the listed records. */
  readonly renderSelection?: (listed: ListedRecords<R, K>) => ReactNode
}

export interface ListedRecords<R extends Resource, K extends Listed<R>> {
  readonly records: readonly Found<R>[]
  /** The number of all matching records. */
  readonly totalCount: number
  readonly request: CallOptions<R, K>
}

export function Listing<R extends Resource, K extends Listed<R>>(props: Listing<R, K>) {
  const { label, of, operation, request = {}, columns, actions, search, filters = [], empty, selection } = props
  const { nameOf, toolbar, wrapTable = (_, table) => table, renderSelection } = props
  const section = useRef<HTMLElement>(null)
  const [address, change] = useUrlQuery()
  const sort = address['sort'] ?? props.sort
  const chosen = filtersFrom(filters, address)
  const number = Math.max(1, Number.parseInt(address['page'] ?? '1', 10) || 1)
  const size = pageSizeFrom(address)
  const question = {
    ...request,
    filters: { ...request.filters, ...chosen },
    ...(address['q'] ? { search: address['q'] } : {}),
    ...(sort ? { sort: [sort] } : {}),
    page: { number, size },
  } as CallOptions<R, K>
  const query = useQuery(pageQuery(of, operation, question))
  const isNarrowed = Boolean(address['q']) || Object.keys(chosen).length > 0
  const clear = () =>
    change({ q: undefined, page: undefined, ...Object.fromEntries(filters.map(({ name }) => [name, undefined])) })

  return (
    <section className="panel" aria-label={label} ref={section}>
      {(search || filters.length > 0) && (
        <Group p={10} gap={8} style={{ borderBottom: '1px solid var(--line)' }}>
          {search && (
            <SearchField
              label={search}
              value={address['q'] ?? ''}
              onChange={(q) => change({ q, page: undefined }, 'replace')}
            />
          )}
          {filters.map((filter) => (
            <FilterSelect
              key={filter.name}
              of={filter}
              value={address[filter.name] ?? ''}
              onChange={(value) => change({ [filter.name]: value || undefined, page: undefined })}
            />
          ))}
        </Group>
      )}
      {toolbar}
      <Loaded of={query}>
        {({ records, totalCount, isCutOff }) => (
          <>
            {isCutOff && <CutOffNote />}
            {renderSelection?.({ records, totalCount, request: question })}
            {records.length > 0 ? (
              wrapTable(
                records,
                <Records
                  label={label}
                  rows={records}
                  columns={columns}
                  actions={actions}
                  sort={sort}
                  onSort={(next) => change({ sort: next, page: undefined })}
                  selection={selection}
                  nameOf={nameOf}
                />,
              )
            ) : totalCount > 0 ? (
              <EmptyState title="This page is empty">
                <button type="button" className="link" onClick={() => change({ page: undefined })}>
                  Go to the first page
                </button>
                <RestoreFocus />
              </EmptyState>
            ) : isNarrowed ? (
              <EmptyState icon={SearchIcon} title="No results">
                <button type="button" className="link" onClick={clear}>
                  Clear search and filters
                </button>
                <RestoreFocus />
              </EmptyState>
            ) : (
              empty
            )}
            {totalCount > defaultPageSize && records.length > 0 && (
              <PaginationBar
                of={totalCount}
                countedMax={address['q'] ? limits.countedMatches : limits.countedRows}
                size={size}
                number={number}
                onNumber={(page) => {
                  change({ page: page === 1 ? undefined : String(page) })
                  // Show the start of the new page.
                  if ((section.current?.getBoundingClientRect().top ?? 0) < 0) section.current?.scrollIntoView()
                }}
                onSize={(size) =>
                  change({ size: size === defaultPageSize ? undefined : String(size), page: undefined })
                }
              />
            )}
          </>
        )}
      </Loaded>
    </section>
  )
}

/** Shows its value, such as "State: any": a placeholder would look like a disabled field. */
function FilterSelect({
  of: { label, options },
  value,
  onChange,
}: {
  of: ListFilter
  value: string
  onChange: (value: string | null) => void
}) {
  const all = [{ value: '', label: 'any' }, ...options]
  return (
    <Select
      size="xs"
      style={{ flex: '1 1 140px', maxWidth: 200 }}
      aria-label={label}
      data={all.map((option) => ({ value: option.value, label: `${label}: ${option.label}` }))}
      renderOption={({ option }) => all.find((each) => each.value === option.value)?.label}
      value={options.some((option) => option.value === value) ? value : ''}
      onChange={onChange}
      allowDeselect={false}
    />
  )
}

const CutOffNote = () => (
  <Text size="sm" c="dimmed" p={10}>
    This list is too long to search completely. The first {limits.searchedRows.toLocaleString('en')} entries and exact
    IDs were searched. Add filters to search a shorter list.
  </Text>
)

function SearchField({
  label,
  value,
  onChange,
}: {
  label: string
  value: string
  onChange: (words: string | undefined) => void
}) {
  const [typed, setTyped] = useState(value)
  const later = useDebouncedCallback((words: string) => onChange(words || undefined), 250)
  const field = useRef<HTMLInputElement>(null)
  const type = (words: string) => {
    setTyped(words)
    later(words)
  }
  const clear = () => {
    type('')
    field.current?.focus()
  }
  return (
    <TextInput
      ref={field}
      size="xs"
      style={{ flex: '1 1 200px', maxWidth: 320 }}
      aria-label={label}
      placeholder={label}
      leftSection={<SearchIcon size={14} />}
      value={typed}
      onChange={(event) => type(event.currentTarget.value)}
      rightSection={typed ? <CloseButton size="xs" aria-label="Clear search" onClick={clear} /> : null}
    />
  )
}
