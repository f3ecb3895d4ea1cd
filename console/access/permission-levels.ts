/** Permissions of a resource as levels (none, read, write) and extras, such as `workspaces:lock`. */
import { type Permission, permissionCatalogue } from '@mintmark/contract'
import { coversPermission } from '@mintmark/token'

/** `custom`: some of the actions that `write` includes. */
export type Level = 'none' | 'read' | 'write' | 'custom'

export interface ResourcePermissions {
  readonly resource: string
  readonly label: string
  /** Creating, reading, updating and deleting, as far as they exist. */
  readonly basic: readonly Permission[]
  readonly extras: readonly Permission[]
}

const basicActions = ['create', 'read', 'update', 'delete']

export const actionOf = (id: string): string => id.slice(id.indexOf(':') + 1)
const resourceOf = (id: string): string => id.slice(0, id.indexOf(':'))
const isBasic = ({ id }: Permission): boolean => basicActions.includes(actionOf(id))

export const resourcePermissions: readonly ResourcePermissions[] = [
  ...Map.groupBy(permissionCatalogue, ({ id }) => resourceOf(id)),
].map(([resource, all]) => ({
  resource,
  label: resourceLabel(resource),
  basic: all.filter(isBasic),
  extras: all.filter((each) => !isBasic(each)),
}))

export function resourceLabel(resource: string): string {
  if (resource === '*') return 'Everything'
  const spaced = resource.replaceAll('-', ' ').replace(/^vcs\b/, 'VCS')
  return spaced.charAt(0).toUpperCase() + spaced.slice(1)
}

const isRead = ({ id }: Permission): boolean => actionOf(id) === 'read'

/** The levels between which the resource can be switched. */
export function levelsOf({ basic }: ResourcePermissions): Level[] {
  if (basic.length === 0) return []
  const canWrite = basic.some((each) => !isRead(each))
  return [
    'none',
    ...(basic.some(isRead) ? (['read'] as const) : []),
    ...(canWrite ? (['write'] as const) : []),
    ...(canWrite && basic.length > 1 ? (['custom'] as const) : []),
  ]
}

export function levelOf({ basic }: ResourcePermissions, chosen: ReadonlySet<string>): Level {
  const has = basic.filter(({ id }) => chosen.has(id))
  const [only] = has
  if (!only) return 'none'
  if (has.length === 1 && isRead(only)) return 'read'
  return has.length === basic.length ? 'write' : 'custom'
}

/** Returns the permissions with this level of the resource. `custom` keeps them as they are. */
export function withLevel(
  { basic }: ResourcePermissions,
  level: Level,
  chosen: ReadonlySet<string>,
): ReadonlySet<string> {
  if (level === 'custom') return chosen
  const next = new Set(chosen)
  for (const permission of basic) {
    if (level === 'write' || (level === 'read' && isRead(permission))) next.add(permission.id)
    else next.delete(permission.id)
  }
  return next
}

/** The chosen wildcard that includes this permission. */
export const wildcardOver = (chosen: ReadonlySet<string>, id: string): string | undefined =>
  [...chosen].find((each) => each !== id && coversPermission(each, id))

/** What one set of permissions allows and the other does not, wildcards resolved. */
export function difference(chosen: readonly string[], other: readonly string[]) {
  const covers = (by: readonly string[], id: string) => by.some((each) => coversPermission(each, id))
  return {
    added: permissionCatalogue.filter(({ id }) => covers(chosen, id) && !covers(other, id)).map(({ id }) => id),
    missing: permissionCatalogue.filter(({ id }) => covers(other, id) && !covers(chosen, id)).map(({ id }) => id),
  }
}
