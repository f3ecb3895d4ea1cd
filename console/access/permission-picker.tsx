/**
 * Selects permissions, with search and descriptions. Wildcards show what they include, and a comparison with another role
 * highlights the differences.
 */

import { Badge, Box, Checkbox, Group, Stack, Text, TextInput } from '@mantine/core'
import { type Permission, permissionCatalogue } from '@mintmark/contract'
import { coversPermission } from '@mintmark/token'
import { SearchIcon } from '@primer/octicons-react'
import { useState } from 'react'
import { formatCount } from '../parts/time.tsx'

interface PermissionPicker {
  readonly value: ReadonlySet<string>
  /** Without it the picker is read-only. */
  readonly onChange?: ((permissions: ReadonlySet<string>) => void) | undefined
  /** The role to compare with. */
  readonly comparedWith?: { readonly name: string; readonly permissions: readonly string[] } | null
  readonly error?: string | undefined
}

const resources = [...new Set(permissionCatalogue.map(({ id }) => id.split(':')[0] as string))]

export function PermissionPicker({ value, onChange, comparedWith, error }: PermissionPicker) {
  const [words, setWords] = useState('')
  const selectedIds = [...value]
  const found = permissionCatalogue.filter(({ id, description }) => matches(words, id, description))
  const groups = resources.flatMap((resource) => {
    const permissions = found.filter(({ id }) => id.startsWith(`${resource}:`))
    return permissions.length > 0 ? [{ resource, permissions }] : []
  })
  const toggle = (id: string) => {
    const next = new Set(value)
    if (!next.delete(id)) next.add(id)
    onChange?.(next)
  }
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
          {formatCount(value.size, 'permission')} selected
          {comparedWith ? `; ${describeDifference(selectedIds, comparedWith)}` : ''}
        </Text>
      </Group>
      {error && (
        <Text size="sm" c="red">
          {error}
        </Text>
      )}
      <Stack gap={0} className="panel">
        {groups.map(({ resource, permissions }) => (
          <Box key={resource} className="permission-group" role="group" aria-label={resourceLabel(resource)}>
            <Text fw={600}>{resourceLabel(resource)}</Text>
            <div className="permission-list">
              {permissions.map((permission) => (
                <PermissionCheckbox
                  key={permission.id}
                  permission={permission}
                  selectedIds={selectedIds}
                  comparedWith={comparedWith?.permissions}
                  onToggle={onChange && (() => toggle(permission.id))}
                />
              ))}
            </div>
          </Box>
        ))}
        {groups.length === 0 && (
          <Text c="dimmed" p={14}>
            No permissions match.
          </Text>
        )}
      </Stack>
    </Stack>
  )
}

interface PermissionCheckbox {
  readonly permission: Permission
  readonly selectedIds: readonly string[]
  readonly comparedWith: readonly string[] | undefined
  readonly onToggle: (() => void) | undefined
}

function PermissionCheckbox({
  permission: { id, description, applicableScopes },
  selectedIds,
  comparedWith,
  onToggle,
}: PermissionCheckbox) {
  const isChosen = selectedIds.includes(id)
  const cover = selectedIds.find((each) => each !== id && coversPermission(each, id))
  const isSelected = isChosen || cover !== undefined
  const isInOther = comparedWith?.some((each) => coversPermission(each, id)) ?? isSelected
  return (
    <Checkbox
      size="xs"
      checked={isSelected}
      disabled={!onToggle || (cover !== undefined && !isChosen)}
      onChange={() => onToggle?.()}
      label={
        <Group gap={6} component="span">
          <span className="mono">{id.split(':')[1]}</span>
          {isSelected && !isInOther && <Badge size="xs">added</Badge>}
          {!isSelected && isInOther && (
            <Badge size="xs" color="yellow">
              missing
            </Badge>
          )}
        </Group>
      }
      description={
        <>
          {description}
          {cover && !isChosen && ` Included in ${cover}.`}
          {applicableScopes.length === 1 && ' Account level only.'}
        </>
      }
    />
  )
}

const matches = (words: string, ...texts: readonly string[]) =>
  words
    .toLowerCase()
    .split(/\s+/)
    .every((word) => texts.some((text) => text.toLowerCase().includes(word)))

function resourceLabel(resource: string): string {
  if (resource === '*') return 'Everything'
  const spaced = resource.replaceAll('-', ' ')
  return spaced.charAt(0).toUpperCase() + spaced.slice(1)
}

function describeDifference(
  selectedIds: readonly string[],
  { name, permissions }: { name: string; permissions: readonly string[] },
): string {
  const covers = (by: readonly string[], id: string) => by.some((each) => coversPermission(each, id))
  const more = permissionCatalogue.filter(({ id }) => covers(selectedIds, id) && !covers(permissions, id)).length
  const less = permissionCatalogue.filter(({ id }) => covers(permissions, id) && !covers(selectedIds, id)).length
  return more + less === 0 ? `same as ${name}` : `${more} more and ${less} fewer than ${name}`
}
