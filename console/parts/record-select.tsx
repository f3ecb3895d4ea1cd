/** Selects records by name. The server searches while the user types, so the number of records does not matter. */

import { Box, MultiSelect, Select, Text } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import type { CallOptions, Found, Listed } from '@mintmark/client'
import type { Resource } from '@mintmark/contract'
import { useQuery } from '@tanstack/react-query'
import { type ReactNode, useState } from 'react'
import { pageQuery, useRecordsById } from '../queries.ts'

interface Shared<R extends Resource> {
  readonly of: R
  readonly label: string
  readonly description?: ReactNode
  readonly filters?: Readonly<Record<string, string>>
  readonly nameOf: (record: Found<R>) => string
  /** The parent resource, for names that are unique only within it. Options then show `parent / name`. */
  readonly within?: { readonly of: Resource; readonly idOf: (record: Found<R>) => string | null | undefined }
  readonly aboutOf?: (record: Found<R>) => string | null | undefined
  readonly error?: string | undefined
  readonly placeholder?: string
  readonly required?: boolean
  readonly disabled?: boolean
}

export function RecordSelect<R extends Resource>({
  value,
  onChange,
  ...shared
}: Shared<R> & { value: string | null; onChange: (id: string | null) => void }) {
  const { fields, data, renderOption } = useOptions(shared, value === null ? [] : [value])
  return (
    <Select
      {...fields}
      data={data}
      renderOption={renderOption}
      value={value}
      onChange={onChange}
      clearable={!shared.required}
    />
  )
}

export function RecordMultiSelect<R extends Resource>({
  value,
  onChange,
  ...shared
}: Shared<R> & { value: readonly string[]; onChange: (ids: string[]) => void }) {
  const { fields, data, renderOption } = useOptions(shared, value)
  return (
    <MultiSelect
      {...fields}
      data={data}
      renderOption={renderOption}
      value={[...value]}
      onChange={onChange}
      hidePickedOptions
    />
  )
}

const optionsMax = 50

function useOptions<R extends Resource>(shared: Shared<R>, chosen: readonly string[]) {
  const {
    of,
    label,
    description,
    filters = {},
    nameOf,
    aboutOf,
    error,
    placeholder,
    required,
    disabled,
    within,
  } = shared
  const [typed, setTyped] = useState('')
  const known = useRecordsById(of, chosen)
  // The field shows the selected name, which is not a search term.
  const isChosen = [...known.values()].some((record) => typed.endsWith(nameOf(record)))
  const [words] = useDebouncedValue(isChosen ? '' : typed, 200)
  const request = { filters, ...(words ? { words } : {}), page: { number: 1, size: optionsMax } }
  const found = useQuery(pageQuery(of, 'list' as Listed<R>, request as CallOptions<R, Listed<R>>))
  const records = new Map<string, Found<R>>(known)
  for (const record of found.data?.records ?? []) records.set(record.id, record)
  const around = useRecordsById(within?.of ?? of, within ? [...records.values()].map(within.idOf) : [])
  const wholeName = (record: Found<R>) => {
    const id = within?.idOf(record)
    const outer = id ? (around.get(id) as { readonly name?: string } | undefined)?.name : undefined
    return outer ? `${outer} / ${nameOf(record)}` : nameOf(record)
  }
  const unknown = chosen.filter((id) => !records.has(id)).map((id) => ({ value: id, label: id }))
  return {
    data: [...[...records.values()].map((record) => ({ value: record.id, label: wholeName(record) })), ...unknown],
    renderOption: ({ option }: { option: { value: string; label: string } }) => {
      const record = records.get(option.value)
      const about = record && aboutOf?.(record)
      return (
        <Box>
          <Text>{option.label}</Text>
          {about && (
            <Text size="sm" c="dimmed" lineClamp={2}>
              {about}
            </Text>
          )}
        </Box>
      )
    },
    fields: {
      label,
      description,
      error: error ?? (found.isError ? 'Failed to load options.' : undefined),
      placeholder: chosen.length > 0 ? undefined : placeholder,
      searchable: true,
      searchValue: typed,
      onSearchChange: setTyped,
      nothingFoundMessage: found.isLoading ? 'Loading…' : 'No results',
      required: required ?? false,
      withAsterisk: false,
      disabled: disabled ?? false,
      maxDropdownHeight: 300,
      // The server has already filtered, by more than the name.
      filter: ({ options }: { options: unknown[] }) => options as never,
    },
  }
}
