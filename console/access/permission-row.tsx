/** The permissions of one resource: a level, and a checkbox for each further permission. */
import { Badge, Box, Checkbox, Group, SegmentedControl, Text, Tooltip } from '@mantine/core'
import type { Permission } from '@mintmark/contract'
import { useState } from 'react'
import {
  actionOf,
  type Level,
  levelOf,
  levelsOf,
  type ResourcePermissions,
  wildcardOver,
  withLevel,
} from './permission-levels.ts'

const levelLabels: Readonly<Record<Level, string>> = { none: 'None', read: 'Read', write: 'Write', custom: 'Custom' }

interface PermissionRow {
  readonly of: ResourcePermissions
  readonly chosen: ReadonlySet<string>
  readonly onChange: (permissions: ReadonlySet<string>) => void
  /** Compared with another role; empty without a comparison. */
  readonly added: ReadonlySet<string>
  readonly missing: ReadonlySet<string>
}

export function PermissionRow({ of, chosen, onChange, added, missing }: PermissionRow) {
  const [isCustom, setCustom] = useState(false)
  const level = levelOf(of, chosen)
  const shown = isCustom ? 'custom' : level
  const levels = levelsOf(of)
  const listed = shown === 'custom' ? [...of.basic, ...of.extras] : of.extras
  const all = [...of.basic, ...of.extras]
  const wildcards = new Set(all.flatMap(({ id }) => wildcardOver(chosen, id) ?? []))
  const differs = (ids: ReadonlySet<string>) => all.filter(({ id }) => ids.has(id)).map(({ id }) => actionOf(id))
  const toggle = (id: string) => {
    const next = new Set(chosen)
    if (!next.delete(id)) next.add(id)
    onChange(next)
  }
  return (
    <Box className="permission-row" role="group" aria-label={of.label}>
      <div>
        <Text fw={600}>{of.label}</Text>
        {wildcards.size > 0 && (
          <Text size="xs" c="dimmed">
            Includes {[...wildcards].join(', ')}
          </Text>
        )}
        <Differences label="added" actions={differs(added)} />
        <Differences label="missing" actions={differs(missing)} color="yellow" />
      </div>
      <div>
        {levels.length > 0 && (
          <SegmentedControl
            size="xs"
            aria-label={`Access level for ${of.label}`}
            data={levels.map((value) => ({ value, label: levelLabels[value] }))}
            value={shown}
            onChange={(value) => {
              setCustom(value === 'custom')
              onChange(withLevel(of, value as Level, chosen))
            }}
          />
        )}
      </div>
      <Group gap="6px 14px" className="permission-extras">
        {listed.map((permission) => (
          <PermissionCheckbox
            key={permission.id}
            permission={permission}
            isChosen={chosen.has(permission.id)}
            cover={wildcardOver(chosen, permission.id)}
            onToggle={() => toggle(permission.id)}
          />
        ))}
      </Group>
    </Box>
  )
}

function Differences({ label, actions, color }: { label: string; actions: readonly string[]; color?: string }) {
  if (actions.length === 0) return null
  return (
    <Badge size="xs" maw="100%" {...(color && { color })}>
      {label}: {actions.join(', ')}
    </Badge>
  )
}

interface PermissionCheckbox {
  readonly permission: Permission
  readonly isChosen: boolean
  readonly cover: string | undefined
  readonly onToggle: () => void
}

function PermissionCheckbox({
  permission: { id, description, applicableScopes },
  isChosen,
  cover,
  onToggle,
}: PermissionCheckbox) {
  const about = `${description}${cover ? ` Included in ${cover}.` : ''}${applicableScopes.length === 1 ? ' Account level only.' : ''}`
  return (
    <Tooltip label={about} refProp="rootRef">
      <Checkbox
        size="xs"
        checked={isChosen || cover !== undefined}
        disabled={cover !== undefined && !isChosen}
        onChange={onToggle}
        label={<span className="mono">{actionOf(id) === '*' ? 'all (*)' : actionOf(id)}</span>}
      />
    </Tooltip>
  )
}
