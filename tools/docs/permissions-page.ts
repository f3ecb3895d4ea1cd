/** Generates `docs/reference/permissions.md`: the permission catalogue, and what each permission allows. */
import { allOperations, endpointEntries, permissionCatalogue, permissionsIn, systemRoles } from '@mintmark/contract'

export function permissionsPage(): string {
  const rows = permissionCatalogue.map(({ id, description, applicableScopes }) => {
    const operations = operationsWith(id).map((operation) => `\`${operation}\``)
    return `| \`${id}\` | ${description} | ${applicableScopes.join(', ')} | ${operations.join(', ') || '–'} |`
  })
  const roles = systemRoles.map(
    ({ id, name, description, permissions }) =>
      `| ${name} | \`${id}\` | ${description} | ${permissions.map((permission) => `\`${permission}\``).join(', ')} |`,
  )
  return `# Permissions

A permission has the form \`resource:action\`. \`*\` stands for any resource or action: \`*:read\` includes \`teams:read\`. [Roles and permissions](../roles.md) describes how they are
granted. \`npm run generate\` writes this page.

## System roles

Every installation has these roles. They cannot be changed.

| role | ID | description | permissions |
|---|---|---|---|
${roles.join('\n')}

## Catalogue

*Scopes* are those at which the permission can be granted. *Operations* are those that require exactly this permission. A permission without operations is part of
Scalr's catalogue: roles can contain it, and [introspection](../introspection.md) returns it to your services.

| permission | description | scopes | operations |
|---|---|---|---|
${rows.join('\n')}
`
}

const required: readonly (readonly [operation: string, permissions: readonly string[]])[] = [
  ...allOperations.map(({ id, permission }) => [id, permissionsIn(permission)] as const),
  ...endpointEntries.map(([, { id, permission }]) => [id, permission === undefined ? [] : [permission]] as const),
]

const operationsWith = (permission: string): string[] =>
  required.flatMap(([operation, permissions]) => (permissions.includes(permission) ? [operation] : []))
