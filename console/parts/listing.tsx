/** A list that the server pages, searches, filters and sorts; what was chosen stands in the address. */

import { CloseButton, Group, Select, TextInput } from '@mantine/core'
import { useDebouncedCallback } from '@mantine/hooks'
import type { Asked, Found, Listed } from '@mintmark/client'
import type { Resource } from '@mintmark/contract'
import { SearchIcon } from '@primer/octicons-react'
import { useQuery } from '@tanstack/react-query'
import { type ReactNode, useRef, useState } from 'react'
import { pageOf } from '../queries.ts'
import { useAddress } from './address.ts'
import { FocusBack } from './focus.ts'
import { Pages, sizeIn, usualSize } from './pages.tsx'
import { type Column, type Picked, Records } from './records.tsx'
import { Loaded, Nothing } from './states.tsx'

export interface Choice {
  /** As the address and the API call it. */
  readonly name: string
  readonly label: string
  readonly options: readonly { readonly value: string; readonly label: string }[]
}

interface Listing<R extends Resource, K extends Listed<R>> {
  readonly label: string
  readonly of: R
  readonly operation: K
  readonly asked?: Asked<R, K>
  readonly columns: readonly Column<Found<R>>[]
  readonly acts?: (row: Found<R>) => ReactNode
  /** What the search field says; without it there is none. */
  readonly search?: string
  readonly choices?: readonly Choice[]
  readonly sort?: string
  readonly empty: ReactNode
  readonly picked?: Picked
  readonly nameOf?: (row: Found<R>) => string
  /** Puts around the table what its cells need to know of all rows together. */
  readonly around?: (rows: readonly Found<R>[], table: ReactNode) => ReactNode
  /** Something between the filters and the table. */
  readonly bar?: ReactNode
  /** Between the filters and the table too, for what is selected of what is shown. */
  readonly selection?: (shown: Shown<R, K>) => ReactNode
}

export interface Shown<R extends Resource, K extends Listed<R>> {
  readonly records: readonly Found<R>[]
  /** Of everything that matches. */
  readonly totalCount: number
  readonly asked: Asked<R, K>
}

export function Listing<R extends Resource, K extends Listed<R>>(props: Listing<R, K>) {
  const { label, of, operation, asked = {}, columns, acts, search, choices = [], empty, picked, nameOf, bar } = props
  const { around = (_, table) => table, selection } = props
  const section = useRef<HTMLElement>(null)
  const [address, change] = useAddress()
  const sort = address.sort ?? props.sort
  const chosen = Object.fromEntries(choices.flatMap(({ name }) => (address[name] ? [[name, address[name]]] : [])))
  const number = Math.max(1, Number.parseInt(address.page ?? '1', 10) || 1)
  const size = sizeIn(address)
  const question = {
    ...asked,
    filters: { ...asked.filters, ...chosen },
    ...(address.q ? { words: address.q } : {}),
    ...(sort ? { sort: [sort] } : {}),
    page: { number, size },
  } as Asked<R, K>
  const query = useQuery(pageOf(of, operation, question))
  const isNarrowed = Boolean(address.q) || Object.keys(chosen).length > 0
  const clear = () =>
    change({ q: undefined, page: undefined, ...Object.fromEntries(choices.map(({ name }) => [name, undefined])) })

  return (
    <section className="panel" aria-label={label} ref={section}>
      {(search || choices.length > 0) && (
        <Group p={10} gap={8} style={{ borderBottom: '1px solid var(--line)' }}>
          {search && (
            <Search
              label={search}
              value={address.q ?? ''}
              onChange={(q) => change({ q, page: undefined }, 'replace')}
            />
          )}
          {choices.map(({ name, label, options }) => (
            <Select
              key={name}
              size="xs"
              style={{ flex: '1 1 120px', maxWidth: 150 }}
              aria-label={label}
              placeholder={label}
              data={[...options]}
              value={address[name] ?? null}
              onChange={(value) => change({ [name]: value ?? undefined, page: undefined })}
              clearable
            />
          ))}
        </Group>
      )}
      {bar}
      <Loaded of={query}>
        {({ records, totalCount }) => (
          <>
            {selection?.({ records, totalCount, asked: question })}
            {records.length > 0 ? (
              around(
                records,
                <Records
                  label={label}
                  rows={records}
                  columns={columns}
                  acts={acts}
                  sort={sort}
                  onSort={(next) => change({ sort: next, page: undefined })}
                  picked={picked}
                  nameOf={nameOf}
                />,
              )
            ) : totalCount > 0 ? (
              <Nothing title="Nothing is left on this page">
                <button type="button" className="link" onClick={() => change({ page: undefined })}>
                  Show the first page
                </button>
                <FocusBack />
              </Nothing>
            ) : isNarrowed ? (
              <Nothing icon={SearchIcon} title="Nothing matches">
                <button type="button" className="link" onClick={clear}>
                  Clear search and filters
                </button>
                <FocusBack />
              </Nothing>
            ) : (
              empty
            )}
            {totalCount > usualSize && records.length > 0 && (
              <Pages
                of={totalCount}
                size={size}
                number={number}
                onNumber={(page) => {
                  change({ page: page === 1 ? undefined : String(page) })
                  // The new page is read from its beginning.
                  if ((section.current?.getBoundingClientRect().top ?? 0) < 0) section.current?.scrollIntoView()
                }}
                onSize={(size) => change({ size: size === usualSize ? undefined : String(size), page: undefined })}
              />
            )}
          </>
        )}
      </Loaded>
    </section>
  )
}

function Search({
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
