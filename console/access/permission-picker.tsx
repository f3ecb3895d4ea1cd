/**
 * Selects permissions: a level per resource, search, and the selection as a list. A comparison with another role shows the
 * differences. Without `onChange` it is text.
 */
import { Box, Group, Pill, Stack, Text, TextInput } from '@mantine/core'
import { SearchIcon } from '@primer/octicons-react'
import { useState } from 'react'
import { formatCount } from '../parts/time.tsx'
import { difference, resourcePermissions } from './permission-levels.ts'
import { PermissionRow } from './permission-row.tsx'
import { PermissionTable } from './permission-table.tsx'

interface PermissionPicker {
  readonly value: ReadonlySet<string>
  readonly onChange?: ((permissions: ReadonlySet<string>) => void) | undefined
  /** The role to compare with. */
  readonly comparedWith?: { readonly name: string; readonly permissions: readonly string[] } | null
  readonly error?: string | undefined
}

const noDifference = { added: [], missing: [] }

export function PermissionPicker({ value, onChange, comparedWith, error }: PermissionPicker) {
  const [words, setWords] = useState('')
  const { added, missing } = comparedWith ? difference([...value], comparedWith.permissions) : noDifference
  const compared = comparedWith && describeDifference(added.length, missing.length, comparedWith.name)
  if (!onChange)
    return (
      <Stack gap={10}>
        {compared && <Text size="sm">{compared}</Text>}
        <PermissionTable of={[...value]} />
      </Stack>
    )
  const differences = { added: new Set(added), missing: new Set(missing) }
  const rows = resourcePermissions.filter(({ basic, extras }) =>
    [...basic, ...extras].some(({ id, description }) => matches(words, id, description)),
  )
  return (
    <Stack gap={10}>
      <Group gap={12}>
        <TextInput
          size="xs"
          w={280}
          aria-label="Search permissions"
          placeholder="Search permissions"
          leftSection={<SearchIcon size={14} />}
          value={words}
          onChange={(event) => setWords(event.currentTarget.value)}
        />
        <Text size="sm" c="dimmed" aria-live="polite">
          {formatCount(value.size, 'permission')} selected{compared ? `; ${compared}` : ''}
        </Text>
      </Group>
      <SelectedPermissions value={value} onChange={onChange} />
      {error && (
        <Text size="sm" c="red">
          {error}
        </Text>
      )}
      <Box className="panel permissions">
        {rows.map((each) => (
          <PermissionRow key={each.resource} of={each} chosen={value} onChange={onChange} {...differences} />
        ))}
        {rows.length === 0 && (
          <Text c="dimmed" p={14}>
            No permissions match.
          </Text>
        )}
      </Box>
    </Stack>
  )
}

function SelectedPermissions({
  value,
  onChange,
}: {
  value: ReadonlySet<string>
  onChange: (permissions: ReadonlySet<string>) => void
}) {
  if (value.size === 0) return null
  const remove = (id: string) => onChange(new Set([...value].filter((each) => each !== id)))
  return (
    <Pill.Group className="selected-permissions" role="list" aria-label="Selected permissions">
      {[...value].toSorted().map((id) => (
        <Pill
          key={id}
          role="listitem"
          withRemoveButton
          onRemove={() => remove(id)}
          removeButtonProps={{ 'aria-label': `Remove ${id}`, 'aria-hidden': false, tabIndex: 0 }}
        >
          <span className="mono">{id}</span>
        </Pill>
      ))}
    </Pill.Group>
  )
}

const matches = (words: string, ...texts: readonly string[]) =>
  words
    .toLowerCase()
    .split(/\s+/)
    .every((word) => texts.some((text) => text.toLowerCase().includes(word)))

const describeDifference = (added: number, missing: number, name: string): string =>
  added + missing === 0 ? `same as ${name}` : `${added} more and ${missing} fewer than ${name}`
