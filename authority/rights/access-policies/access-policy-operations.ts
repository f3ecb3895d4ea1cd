import { type accessPolicies, type InputOf, kebab } from '@mintmark/contract'
import { may, type ScopePath } from '@mintmark/token'
import { audit } from '../../audit/audit.ts'
import { type Context, Refusal } from '../../context.ts'
import { replaceMembers } from '../../database/members.ts'
import type { Path, StoredRecord } from '../../database/resource-view.ts'
import { assertMayRemoveRoles, assertNoEscalationByRoles } from '../escalation.ts'
import { permissionsOfRoles, scopePaths } from '../rights-view.ts'
import { assertVouchedFor } from '../vouched.ts'
import {
  accountOfServiceAccount,
  accountOfTeam,
  accountsOfRoles,
  belongsTo,
  deletePolicy,
} from './access-policy-store.ts'
import { grantRoles } from './grant.ts'

type PolicyWish = InputOf<typeof accessPolicies>

const scopeNames = ['account', 'environment', 'workspace'] as const
const subjectNames = ['user', 'team', 'serviceAccount'] as const

export async function createAccessPolicy(context: Context, wish: PolicyWish): Promise<{ id: string }> {
  const scopeName = exactlyOne(wish, scopeNames, 'scope')
  exactlyOne(wish, subjectNames, 'subject')
  const [scope] = await scopePaths(context.db, [wish[`${scopeName}Id`] as string])
  if (!scope) throw new Refusal('unknown-related', { at: `/data/relationships/${scopeName}` })
  const permission = `${scopeName}s:set-access-policies`
  if (!may(context.actor.rights, permission, scope))
    throw new Refusal('forbidden', { detail: `This takes the permission ${permission} on the ${scopeName}.` })
  await refuseForeign(context, wish, scope)
  await refuseRoles(context, wish.roles as string[], scope)
  const roles = wish.roles as string[]
  const id = await grantRoles(context, { subject: wish, scope, roles })
  await assertVouchedFor(context, { policy: id }, await permissionsOfRoles(context.db, roles))
  await audit(context, {
    action: 'access-policies.created',
    accountId: scope.account,
    subjectType: 'access-policies',
    subjectId: id,
    after: { ...wish },
  })
  return { id }
}

export async function changeAccessPolicy(context: Context, policy: StoredRecord, wish: PolicyWish): Promise<void> {
  refuseSystem(policy)
  const scope = policy.path as Path
  if (wish.roles) {
    const { roles } = wish
    await refuseRoles(context, roles, scope)
    const lost = (policy.roles as string[]).filter((id) => !roles.includes(id))
    if (lost.length > 0) await assertMayRemoveRoles(context, lost, scope)
    await replaceMembers(context.db, 'access_policy_roles', ['access_policy_id', policy.id], 'role_id', roles)
    const gained = roles.filter((id) => !(policy.roles as string[]).includes(id))
    await assertVouchedFor(context, { policy: policy.id }, await permissionsOfRoles(context.db, gained))
  }
  await audit(context, {
    action: 'access-policies.updated',
    accountId: scope.account,
    subjectType: 'access-policies',
    subjectId: policy.id,
    before: policy,
    after: { ...wish },
  })
}

export async function removeAccessPolicy(context: Context, policy: StoredRecord): Promise<void> {
  refuseSystem(policy)
  await assertMayRemoveRoles(context, policy.roles as string[], policy.path as Path)
  await deletePolicy(context.db, policy.id)
  const { userId, teamId, serviceAccountId, roles, path } = policy
  await audit(context, {
    action: 'access-policies.deleted',
    accountId: (path as Path).account,
    subjectType: 'access-policies',
    subjectId: policy.id,
    before: { userId, teamId, serviceAccountId, roles, path },
  })
}

function exactlyOne<N extends string>(wish: Record<string, unknown>, names: readonly N[], what: string): N {
  const given = names.filter((name) => wish[`${name}Id`])
  if (given.length === 1) return given[0] as N
  const at = `/data/relationships/${kebab(given[1] ?? names[0] ?? '')}`
  throw new Refusal('invalid-relationship', {
    detail: `Expected exactly one ${what}: ${names.map(kebab).join(', ')}.`,
    at,
  })
}

/** Refuses a subject or roles of another account than that of the scope. */
async function refuseForeign({ db }: Context, wish: PolicyWish, scope: ScopePath): Promise<void> {
  const foreign = (relation: string) =>
    new Refusal('invalid-relationship', {
      detail: 'Expected one of the account the scope lies in.',
      at: `/data/relationships/${relation}`,
    })
  if (wish.userId && !(await belongsTo(db, wish.userId, scope.account))) throw foreign('user')
  if (wish.teamId && (await accountOfTeam(db, wish.teamId)) !== scope.account) throw foreign('team')
  if (wish.serviceAccountId && (await accountOfServiceAccount(db, wish.serviceAccountId)) !== scope.account)
    throw foreign('service-account')
}

async function refuseRoles(context: Context, roles: readonly string[], scope: ScopePath): Promise<void> {
  const accounts = await accountsOfRoles(context.db, roles)
  if (accounts.some((account) => account !== scope.account)) {
    throw new Refusal('invalid-relationship', {
      detail: 'Expected roles of the account the scope lies in.',
      at: '/data/relationships/roles',
    })
  }
  await assertNoEscalationByRoles(context, roles, scope)
}

function refuseSystem(policy: StoredRecord): void {
  if (policy.isSystem)
    throw new Refusal('system-object', { detail: "This is the account owner's own policy and cannot be changed." })
}
