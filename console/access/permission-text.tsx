/** Permissions as text, grouped by resource, with descriptions. */

import { Group, Text, Tooltip } from '@mantine/core'
import { permissionCatalogue } from '@mintmark/contract'

const descriptions = new Map(permissionCatalogue.map(({ id, description }) => [id, description]))

export const aboutPermission = (id: string): string => descriptions.get(id) ?? id

/** `variables:read` and `variables:create` belong to variables. */
export function byResource(permissions: readonly string[]): ReadonlyMap<string, readonly string[]> {
  const groups = new Map<string, string[]>()
  for (const each of [...permissions].sort()) {
    const [resource = '', action = ''] = each.split(':')
    groups.set(resource, [...(groups.get(resource) ?? []), action])
  }
  return groups
}

export function PermissionList({ of }: { of: readonly string[] }) {
  if (of.length === 0) return <span className="quiet">None</span>
  if (of.includes('*:*')) return <span>All permissions</span>
  return (
    <Group gap="4px 14px">
      {[...byResource(of)].map(([resource, actions]) => (
        <Text key={resource} component="span" size="sm">
          <span className="quiet">{resource === '*' ? 'everything' : resource.replaceAll('-', ' ')}</span>{' '}
          {actions.map((action, index) => (
            <Tooltip key={action} label={aboutPermission(`${resource}:${action}`)}>
              <span>
                {index > 0 && ', '}
                {action === '*' ? 'all' : action.replaceAll('-', ' ')}
              </span>
            </Tooltip>
          ))}
        </Text>
      ))}
    </Group>
  )
}
