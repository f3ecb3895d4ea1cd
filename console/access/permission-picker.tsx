/**
 * Chooses permissions: searched, explained one by one, with wildcards that show what they cover, and held against another
 * role so that one sees what is more and what is less.
 */

import { Badge, Box, Checkbox, Group, Stack, Text, TextInput } from '@mantine/core'
import { type Permission, permissionCatalogue } from '@mintmark/contract'
import { coversPermission } from '@mintmark/token'
import { SearchIcon } from '@primer/octicons-react'
import { useState } from 'react'
import { counted } from '../parts/time.tsx'

interface PermissionPicker {
  readonly value: ReadonlySet<string>
  /** Without it nothing can be changed. */
  readonly onChange?: ((permissions: ReadonlySet<string>) => void) | undefined
  /** The permissions it is held against. */
  readonly against?: { readonly name: string; readonly permissions: readonly string[] } | null
  readonly error?: string | undefined
}

const resources = [...new Set(permissionCatalogue.map(({ id }) => id.split(':')[0] as string))]

export function PermissionPicker({ value, onChange, against, error }: PermissionPicker) {
  const [words, setWords] = useState('')
  const held = [...value]
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
          {counted(value.size, 'permission')} chosen{against ? `; ${difference(held, against)}` : ''}
        </Text>
      </Group>
      {error && (
        <Text size="sm" c="red">
          {error}
        </Text>
      )}
      <Stack gap={0} className="panel">
        {groups.map(({ resource, permissions }) => (
          <Box key={resource} className="permission-group" role="group" aria-label={nounOf(resource)}>
            <Text fw={600}>{nounOf(resource)}</Text>
            <div className="permission-list">
              {permissions.map((permission) => (
                <One
                  key={permission.id}
                  permission={permission}
                  held={held}
                  against={against?.permissions}
                  onToggle={onChange && (() => toggle(permission.id))}
                />
              ))}
            </div>
          </Box>
        ))}
        {groups.length === 0 && (
          <Text c="dimmed" p={14}>
            No permission matches.
          </Text>
        )}
      </Stack>
    </Stack>
  )
}

interface One {
  readonly permission: Permission
  readonly held: readonly string[]
  readonly against: readonly string[] | undefined
  readonly onToggle: (() => void) | undefined
}

function One({ permission: { id, description, applicableScopes }, held, against, onToggle }: One) {
  const isChosen = held.includes(id)
  const cover = held.find((each) => each !== id && coversPermission(each, id))
  const isHeld = isChosen || cover !== undefined
  const isThere = against?.some((each) => coversPermission(each, id)) ?? isHeld
  return (
    <Checkbox
      size="xs"
      checked={isHeld}
      disabled={!onToggle || (cover !== undefined && !isChosen)}
      onChange={() => onToggle?.()}
      label={
        <Group gap={6} component="span">
          <span className="mono">{id.split(':')[1]}</span>
          {isHeld && !isThere && <Badge size="xs">more</Badge>}
          {!isHeld && isThere && (
            <Badge size="xs" color="yellow">
              less
            </Badge>
          )}
        </Group>
      }
      description={
        <>
          {description}
          {cover && !isChosen && ` Covered by ${cover}.`}
          {applicableScopes.length === 1 && ' On the account only.'}
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

function nounOf(resource: string): string {
  if (resource === '*') return 'Everything'
  const spaced = resource.replaceAll('-', ' ')
  return spaced.charAt(0).toUpperCase() + spaced.slice(1)
}

function difference(
  held: readonly string[],
  { name, permissions }: { name: string; permissions: readonly string[] },
): string {
  const covers = (by: readonly string[], id: string) => by.some((each) => coversPermission(each, id))
  const more = permissionCatalogue.filter(({ id }) => covers(held, id) && !covers(permissions, id)).length
  const less = permissionCatalogue.filter(({ id }) => covers(permissions, id) && !covers(held, id)).length
  return more + less === 0 ? `the same as ${name}` : `${more} more and ${less} less than ${name}`
}
