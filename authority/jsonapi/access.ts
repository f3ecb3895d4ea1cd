/**
 * Decides who may see and change a record: the declared permission, the record's scope, and the pure function of
 * `token/rights`.
 */
import { type PermissionRule, permissionsIn, type Resource, resourceByType } from '@mintmark/contract'
import { effectiveGrants, may, mayAnywhere, type Rights } from '@mintmark/token'
import { type Context, Refusal, type World } from '../context.ts'
import type { Db } from '../database/database.ts'
import { isShared, together } from '../database/sharing/shared-writes.ts'
import { findRecords } from '../database/views/find-records.ts'
import type { AnyRecord } from '../database/views/record-of.ts'
import type { Reach, ResourceView, Viewer } from '../database/views/resource-view.ts'
import { echoed } from '../echo.ts'

export interface Access {
  readonly db: Db
  readonly viewer: Viewer
  readonly rights: Rights
  /** The accounts that the caller belongs to. */
  readonly accounts: readonly string[]
}

export type ResourceViews = ReadonlyMap<string, ResourceView>

export function accessOf(db: Db, actor: Context['actor'], world: World): Access {
  const { id, tokenId, rights, accounts } = actor
  const narrowed = Boolean(rights.narrowing)
  return {
    db,
    rights,
    accounts,
    viewer: { id, tokenId, narrowed, now: world.now(), may: (permission, scope) => may(rights, permission, scope) },
  }
}

/** Returns the permission required to see records of a type. */
export function readRule(type: string): PermissionRule {
  const operations = resourceByType.get(type)?.operations ?? {}
  return operations['show']?.permission ?? operations['list']?.permission ?? `${type}:read`
}

function isVisible({ viewer, rights }: Access, view: ResourceView, record: AnyRecord, rule: PermissionRule): boolean {
  if (view.own?.(record, viewer)) return true
  const permission = permissionFor(view, record, rule)
  if (permission === undefined) return false
  if (permission === 'signed-in') return true
  const paths = (view.seenFrom ?? view.paths)(record)
  if (paths.length === 0) return view.shared === true && mayAnywhere(rights, permission)
  return paths.some((path) => may(rights, permission, path))
}

/** Changing an object in several accounts requires the permission in each. */
function isAllowed({ viewer, rights }: Access, view: ResourceView, record: AnyRecord, rule: PermissionRule): boolean {
  if (view.own?.(record, viewer) === 'all') return true
  const permission = permissionFor(view, record, rule)
  if (permission === undefined) return false
  if (permission === 'signed-in') return true
  const paths = view.paths(record)
  return paths.length > 0 && paths.every((path) => may(rights, permission, path))
}

function permissionFor(view: ResourceView, record: AnyRecord, rule: PermissionRule): string | undefined {
  return typeof rule === 'string' ? rule : rule[view.aspect?.(record) ?? '']
}

/** Returns the record with this ID, without checking visibility. */
export function findRecord({ db, viewer }: Access, view: ResourceView, id: string): Promise<AnyRecord | undefined> {
  // Attributes that depend on the viewer are hidden from viewers who share a transaction.
  const reader = isShared(db) ? { ...nobody, now: viewer.now } : viewer
  return together<string, AnyRecord | undefined>(db, view, id, async (ids) => {
    const records = new Map((await findRecords(db, view, [...new Set(ids)], reader)).map((each) => [each.id, each]))
    return ids.map((each) => records.get(each))
  })
}

const nobody = { id: '', tokenId: '', narrowed: true, may: () => false }

/** Returns the record with this ID. A record that the caller may not see does not exist: the same 404. */
export async function requireRecord(
  access: Access,
  view: ResourceView,
  resource: Resource,
  id: string,
  rule: PermissionRule,
): Promise<AnyRecord> {
  const record = await findRecord(access, view, id)
  if (record && isAllowed(access, view, record, rule)) return record
  if (!record || !isVisible(access, view, record, readRule(resource.type))) throw notFound(resource, id)
  if (view.paths(record).length === 0)
    throw new Refusal('system-object', { detail: 'This is a built-in object, which cannot be changed.' })
  throw forbidden(permissionFor(view, record, rule))
}

export const notFound = (resource: Resource, id: string) =>
  new Refusal('not-found', { title: `${resource.className} with ID '${echoed(id)}' not found or user unauthorized.` })

export const forbidden = (permission: string | undefined) =>
  new Refusal('forbidden', {
    ...(permission
      ? { detail: `This requires the permission ${permission}.`, permission }
      : { detail: 'You do not have permission to do this.' }),
  })

/** Returns those of the records that the caller may see. */
export async function visibleRecords(access: Access, view: ResourceView, ids: readonly string[]): Promise<AnyRecord[]> {
  const records = await findRecords(access.db, view, ids, access.viewer)
  return records.filter((record) => isVisible(access, view, record, readRule(view.resource.type)))
}

/** Throws if the caller holds the permission nowhere. */
export function assertMayAnywhere(rights: Rights, rule: PermissionRule): void {
  if (typeof rule !== 'string' || !mayAnywhere(rights, rule)) throw forbidden(permissionsIn(rule)[0])
}

/** Returns the scopes of a list: those in which the caller holds the permission. */
export function reachOf(rights: Rights, rule: PermissionRule): Reach {
  const permission = typeof rule === 'string' ? rule : ''
  const reach = {
    everything: false,
    accounts: new Set<string>(),
    environments: new Set<string>(),
    workspaces: new Set<string>(),
  }
  for (const { scope } of effectiveGrants(rights)) {
    if (!may(rights, permission, scope)) continue
    if (scope.workspace) reach.workspaces.add(scope.workspace)
    else if (scope.environment) reach.environments.add(scope.environment)
    else reach.accounts.add(scope.account)
  }
  return {
    everything: false,
    accounts: [...reach.accounts],
    environments: [...reach.environments],
    workspaces: [...reach.workspaces],
  }
}
