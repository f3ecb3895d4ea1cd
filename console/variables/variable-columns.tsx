/** Columns of variable lists. */
import { Badge, Group, Text } from '@mantine/core'
import type { Found } from '@mintmark/client'
import type { vars } from '@mintmark/contract'
import { LockIcon } from '@primer/octicons-react'
import type { Column } from '../parts/records.tsx'
import { Time } from '../parts/time.tsx'
import { StoredToken } from './stored-token.tsx'

export type Variable = Found<typeof vars>

export const commonColumns: readonly Column<Variable>[] = [
  { name: 'Key', sort: 'key', cell: (variable) => <Key of={variable} /> },
  { name: 'Value', cell: (variable) => <Value of={variable} /> },
  { name: 'Category', sort: 'category', cell: ({ category }) => (category === 'terraform' ? 'Terraform' : 'Shell') },
]

export const updatedColumn: Column<Variable> = {
  name: 'Updated',
  sort: 'updatedAt',
  cell: ({ updatedAt, updatedByEmail }) => (
    <>
      <Time at={updatedAt} />
      {updatedByEmail && (
        <Text size="sm" c="dimmed" className="break">
          {updatedByEmail}
        </Text>
      )}
    </>
  ),
}

function Key({ of }: { of: Variable }) {
  return (
    <>
      <Group gap={6}>
        <Text component="span" fw={600} className="mono break">
          {of.key}
        </Text>
        {of.hcl && <Badge color="gray">HCL</Badge>}
        {of.final && <Badge color="gray">Final</Badge>}
      </Group>
      {of.description && (
        <Text size="sm" c="dimmed" className="break">
          {of.description}
        </Text>
      )}
    </>
  )
}

function Value({ of }: { of: Variable }) {
  if (of.sensitive)
    return (
      <>
        <span className="quiet" style={{ display: 'inline-flex', gap: 6, alignItems: 'center' }}>
          <LockIcon size={14} />
          Hidden
        </span>
        {of.accessTokenId && <StoredToken id={of.accessTokenId} />}
      </>
    )
  if (of.value === null) return <span className="quiet">No read access</span>
  if (of.value === '') return <span className="quiet">Empty</span>
  return (
    <Text className="mono break" lineClamp={3} style={{ whiteSpace: 'pre-wrap' }} maw={420}>
      {of.value}
    </Text>
  )
}
