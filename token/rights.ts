/** Decides the rights of a token with pure functions over plain data, for the API, introspection and the verifier SDK. */

/** A scope: an account, an environment or a workspace, with the wider scopes that contain it. */
export type ScopePath = {
  readonly account: string
  readonly environment?: string | null
  readonly workspace?: string | null
}

/** Permissions are `resource:action`, with `*` for any resource or any action. */
export type Grant = {
  readonly scope: ScopePath
  readonly permissions: readonly string[]
}

/** Null or absent: not narrowed in this respect. An empty list: no rights. */
export type Narrowing = {
  readonly permissions?: readonly string[] | null
  readonly scopes?: readonly ScopePath[] | null
}

/** The owner's grants and the token's narrowing. */
export type Rights = {
  readonly grants: readonly Grant[]
  readonly narrowing?: Narrowing | null
}

/** Whether the owner's grants and the token's narrowing both allow it. Runs for every request; allocates nothing without narrowing. */
export function may({ grants, narrowing }: Rights, permission: string, scope: ScopePath): boolean {
  if (narrowing?.permissions && !holds(narrowing.permissions, permission)) return false
  if (narrowing?.scopes && !narrowing.scopes.some((each) => coversScope(each, scope))) return false
  for (const grant of grants) {
    if (coversScope(grant.scope, scope) && holds(grant.permissions, permission)) return true
  }
  return false
}

/** Whether the permission is held at any scope. */
export function mayAnywhere(rights: Rights, permission: string): boolean {
  return effectiveGrants(rights).some((grant) => holds(grant.permissions, permission))
}

/** Whether `held` covers all effective rights of `wanted`, each by a single grant. Used to prevent escalation. */
export function coversRights(held: Rights, wanted: Rights): boolean {
  const own = effectiveGrants(held)
  const isHeld = (permission: string, scope: ScopePath) =>
    own.some((grant) => coversScope(grant.scope, scope) && holds(grant.permissions, permission))
  return effectiveGrants(wanted).every(({ scope, permissions }) => permissions.every((each) => isHeld(each, scope)))
}

/**
 * Whether `held` allows everything that `wanted` allows, for any rights that the owner may get later. Comparing effective
 * rights is not sufficient: for an owner without rights, all narrowings are equal.
 */
export function coversNarrowing(held: Narrowing | null | undefined, wanted: Narrowing | null | undefined): boolean {
  const { permissions, scopes } = held ?? {}
  if (permissions && !wanted?.permissions?.every((each) => holds(permissions, each))) return false
  return !scopes || Boolean(wanted?.scopes?.every((each) => scopes.some((own) => coversScope(own, each))))
}

/** The grants after narrowing: permissions that both cover, at the narrower of the two scopes. */
export function effectiveGrants({ grants, narrowing }: Rights): Grant[] {
  return grants.flatMap((grant) => {
    const permissions = narrowing?.permissions ? common(grant.permissions, narrowing.permissions) : grant.permissions
    const scopes = narrowing?.scopes?.flatMap((scope) => narrower(grant.scope, scope)) ?? [grant.scope]
    return permissions.length > 0 ? scopes.map((scope) => ({ scope, permissions })) : []
  })
}

/** Whether `wanted` is equal to or within `held`. */
export function coversScope(held: ScopePath, wanted: ScopePath): boolean {
  // Only null and absent mean "everything below". An empty string is a bug elsewhere and must not widen a scope.
  if (held.account !== wanted.account) return false
  if (held.environment != null && held.environment !== wanted.environment) return false
  return held.workspace == null || held.workspace === wanted.workspace
}

/** Whether one permission pattern covers another. A malformed one covers nothing and is not covered. */
export function coversPermission(held: string, wanted: string): boolean {
  const heldColon = colonOf(held)
  const wantedColon = colonOf(wanted)
  if (heldColon < 0 || wantedColon < 0) return false
  if (held === wanted) return true
  const anyResource = heldColon === 1 && held.startsWith('*')
  const anyAction = held.length === heldColon + 2 && held.endsWith('*')
  if (!anyResource && (heldColon !== wantedColon || !isSame(held, 0, wanted, 0, heldColon))) return false
  const characters = held.length - heldColon
  return (
    anyAction ||
    (wanted.length - wantedColon === characters && isSame(held, heldColon, wanted, wantedColon, characters))
  )
}

function holds(held: readonly string[], wanted: string): boolean {
  for (const each of held) if (coversPermission(each, wanted)) return true
  return false
}

/** The index of the only colon, with text on both sides; otherwise -1. */
function colonOf(permission: string): number {
  const colon = permission.indexOf(':')
  return colon > 0 && colon < permission.length - 1 && permission.indexOf(':', colon + 1) < 0 ? colon : -1
}

/** Compares substrings in place, because `slice` would allocate for every request. */
function isSame(one: string, oneStart: number, other: string, otherStart: number, characters: number): boolean {
  for (let at = 0; at < characters; at++) {
    if (one.charCodeAt(oneStart + at) !== other.charCodeAt(otherStart + at)) return false
  }
  return true
}

function common(held: readonly string[], wished: readonly string[]): string[] {
  return [...new Set(held.flatMap((one) => wished.flatMap((other) => intersection(one, other))))]
}

/** The pattern that two patterns both cover: `teams:read` for `*:read` and `teams:*`. */
function intersection(one: string, other: string): string[] {
  const colon = colonOf(one)
  const otherColon = colonOf(other)
  if (colon < 0 || otherColon < 0) return []
  const resource = either(one.slice(0, colon), other.slice(0, otherColon))
  const action = either(one.slice(colon + 1), other.slice(otherColon + 1))
  return resource && action ? [`${resource}:${action}`] : []
}

function either(one: string, other: string): string | undefined {
  if (one === '*') return other
  return other === '*' || one === other ? one : undefined
}

function narrower(one: ScopePath, other: ScopePath): ScopePath[] {
  if (coversScope(one, other)) return [other]
  return coversScope(other, one) ? [one] : []
}
