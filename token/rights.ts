/** "May this token do that?": one pure function over plain data, for the API, introspection and the verifier alike. */

/** Where something lies: an account, an environment or a workspace. A workspace path names all three. */
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

/** What a token is narrowed to. Null or absent: not narrowed in that respect. An empty list: nothing is left. */
export type Narrowing = {
  readonly permissions?: readonly string[] | null
  readonly scopes?: readonly ScopePath[] | null
}

/** What the owner holds, and what the token is narrowed to. */
export type Rights = {
  readonly grants: readonly Grant[]
  readonly narrowing?: Narrowing | null
}

/** The owner's rights ∩ the token's narrowing. Runs for every request: un-narrowed, it allocates nothing. */
export function may({ grants, narrowing }: Rights, permission: string, scope: ScopePath): boolean {
  if (narrowing?.permissions && !holds(narrowing.permissions, permission)) return false
  if (narrowing?.scopes && !narrowing.scopes.some((each) => coversScope(each, scope))) return false
  for (const grant of grants) {
    if (coversScope(grant.scope, scope) && holds(grant.permissions, permission)) return true
  }
  return false
}

/** Whether there is any scope at which the permission is held. */
export function mayAnywhere(rights: Rights, permission: string): boolean {
  return effectiveGrants(rights).some((grant) => holds(grant.permissions, permission))
}

/** Whether everything `wanted` effectively allows is held, each right by one grant: nobody grants what they do not hold. */
export function coversRights(held: Rights, wanted: Rights): boolean {
  const own = effectiveGrants(held)
  const isHeld = (permission: string, scope: ScopePath) =>
    own.some((grant) => coversScope(grant.scope, scope) && holds(grant.permissions, permission))
  return effectiveGrants(wanted).every(({ scope, permissions }) => permissions.every((each) => isHeld(each, scope)))
}

/**
 * Whether one narrowing leaves nothing that the other takes away, whatever the owner comes to hold later. Rights alone do
 * not show it: an owner without rights today makes every narrowing look the same.
 */
export function coversNarrowing(held: Narrowing | null | undefined, wanted: Narrowing | null | undefined): boolean {
  const { permissions, scopes } = held ?? {}
  if (permissions && !wanted?.permissions?.every((each) => holds(permissions, each))) return false
  return !scopes || Boolean(wanted?.scopes?.every((each) => scopes.some((own) => coversScope(own, each))))
}

/** The grants that are left after narrowing: permissions that both sides cover, at the narrower of the two scopes. */
export function effectiveGrants({ grants, narrowing }: Rights): Grant[] {
  return grants.flatMap((grant) => {
    const permissions = narrowing?.permissions ? common(grant.permissions, narrowing.permissions) : grant.permissions
    const scopes = narrowing?.scopes?.flatMap((wish) => narrower(grant.scope, wish)) ?? [grant.scope]
    return permissions.length > 0 ? scopes.map((scope) => ({ scope, permissions })) : []
  })
}

/** Whether a scope is the other one or lies below it. */
export function coversScope(held: ScopePath, wanted: ScopePath): boolean {
  // Only null and absent mean "all below". An empty string comes from a fault elsewhere and must not widen anything.
  if (held.account !== wanted.account) return false
  if (held.environment != null && held.environment !== wanted.environment) return false
  return held.workspace == null || held.workspace === wanted.workspace
}

/** Whether one permission pattern holds all that another does. A malformed one covers nothing and is never covered. */
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

/** Where the only colon is, with something on both sides of it; otherwise -1. */
function colonOf(permission: string): number {
  const colon = permission.indexOf(':')
  return colon > 0 && colon < permission.length - 1 && permission.indexOf(':', colon + 1) < 0 ? colon : -1
}

/** Compares parts of two strings in place, as `slice` would allocate on the way of every request. */
function isSame(one: string, oneStart: number, other: string, otherStart: number, characters: number): boolean {
  for (let at = 0; at < characters; at++) {
    if (one.charCodeAt(oneStart + at) !== other.charCodeAt(otherStart + at)) return false
  }
  return true
}

function common(held: readonly string[], wished: readonly string[]): string[] {
  return [...new Set(held.flatMap((one) => wished.flatMap((other) => meeting(one, other))))]
}

/** What two patterns both cover: `*:read` and `teams:*` meet in `teams:read`. */
function meeting(one: string, other: string): string[] {
  if (colonOf(one) < 0 || colonOf(other) < 0) return []
  const [resource = '', action = ''] = one.split(':')
  const [otherResource = '', otherAction = ''] = other.split(':')
  const resources = either(resource, otherResource)
  const actions = either(action, otherAction)
  return resources && actions ? [`${resources}:${actions}`] : []
}

function either(one: string, other: string): string | undefined {
  if (one === '*') return other
  return other === '*' || one === other ? one : undefined
}

function narrower(one: ScopePath, other: ScopePath): ScopePath[] {
  if (coversScope(one, other)) return [other]
  return coversScope(other, one) ? [one] : []
}
