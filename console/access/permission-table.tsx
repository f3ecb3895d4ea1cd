/** Permissions as a table, for roles that cannot be changed. */
import { Table, Text } from '@mantine/core'
import { resourceLabel } from './permission-levels.ts'
import { aboutPermission, byResource } from './permission-text.tsx'

/** A row per resource, with a description of each permission. */
export function PermissionTable({ of }: { of: readonly string[] }) {
  if (of.length === 0) return <Text c="dimmed">No permissions.</Text>
  return (
    <Table aria-label="Permissions" layout="fixed" verticalSpacing={6}>
      <Table.Tbody>
        {[...byResource(of)].map(([resource, actions]) => (
          <Table.Tr key={resource}>
            <Table.Th scope="row" w="30%" style={{ verticalAlign: 'top' }}>
              {resourceLabel(resource)}
            </Table.Th>
            <Table.Td>
              {actions.map((action) => (
                <Text key={action} size="sm">
                  <span className="mono">{action}</span>{' '}
                  <span className="quiet">{aboutPermission(`${resource}:${action}`)}</span>
                </Text>
              ))}
            </Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  )
}
