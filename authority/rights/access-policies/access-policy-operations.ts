import { type accessPolicies, type CreateInputOf, type InputOf, kebab } from '@mintmark/contract'
import { may, type ScopePath } from '@mintmark/token'
import { type Context, Refusal } from '../../context.ts'
import { assertMayRemoveRoles, assertNoEscalationByRoles } from '../escalation.ts'
import { permissionsOfRoles, scopePaths } from '../rights-view.ts'
import { assertVouchedFor } from '../vouched.ts'
import {
  accountOfServiceAccount,
  accountOfTeam,
  accountsOfRoles,
  belongsTo,
  deletePolicy,
  policyRoles,
} from './access-policy-store.ts'
import type { AccessPolicyRecord } from './access-policy-view.ts'
import { grantRoles } from './grant.ts'

type PolicyInput = InputOf<typeof accessPolicies>

const scopeNames = ['account', 'environment', 'workspace'] as const
const subjectNames = ['user', 'team', 'serviceAccount'] as const

export async function createAccessPolicy(
  context: Context,
  input: CreateInputOf<typeof accessPolicies>,
): Promise<{ id: string }> {
  const scopeName = exactlyOne(input, scopeNames, 'scope')
  exactlyOne(input, subjectNames, 'subject')
  const [scope] = await scopePaths(context.db, [input[`${scopeName}Id`] as string])
  if (!scope) throw new Refusal('unknown-related', { at: `/data/relationships/${scopeName}` })
  const permission = `${scopeName}s:set-access-policies`
  if (!may(context.actor.rights, permission, scope))
    throw new Refusal('forbidden', {
      detail: `This requires the permission ${permission} on the ${scopeName}.`,
      permission,
    })
  await refuseForeign(context, input, scope)
  const { roles } = input
  await refuseRoles(context, roles, scope)
  const id = await grantRoles(context, { subject: input, scope, roles })
  await assertVouchedFor(context, { policy: id }, await permissionsOfRoles(context.db, roles))
  return { id }
}

export async function changeAccessPolicy(
  context: Context,
  policy: AccessPolicyRecord,
  input: PolicyInput,
): Promise<void> {
  refuseSystem(policy)
  const scope = policy.path
  if (input.roles) {
    const { roles } = input
    await refuseRoles(context, roles, scope)
    const lost = policy.roles.filter((id) => !roles.includes(id))
    await assertMayRemoveRoles(context, lost, scope)
    await policyRoles.replace(context.db, policy.id, roles)
    const gained = roles.filter((id) => !policy.roles.includes(id))
    await assertVouchedFor(context, { policy: policy.id }, await permissionsOfRoles(context.db, gained))
  }
}

export async function removeAccessPolicy(context: Context, policy: AccessPolicyRecord): Promise<void> {
  refuseSystem(policy)
  await assertMayRemoveRoles(context, policy.roles, policy.path)
  await deletePolicy(context.db, policy.id)
}

function exactlyOne<N extends string>(input: Record<string, unknown>, names: readonly N[], what: string): N {
  const given = names.filter((name) => input[`${name}Id`])
  if (given.length === 1) return given[0] as N
  const at = `/data/relationships/${kebab(given[1] ?? names[0] ?? '')}`
  throw new Refusal('invalid-relationship', {
    detail: `Expected exactly one ${what}: ${names.map(kebab).join(', ')}.`,
    at,
  })
}

/** Refuses a subject or roles of another account than that of the scope. */
async function refuseForeign({ db }: Context, input: PolicyInput, scope: ScopePath): Promise<void> {
  const foreign = (relation: string) =>
    new Refusal('invalid-relationship', {
      detail: "Expected a subject of the scope's account.",
      at: `/data/relationships/${relation}`,
    })
  if (input.userId && !(await belongsTo(db, input.userId, scope.account))) throw foreign('user')
  if (input.teamId && (await accountOfTeam(db, input.teamId)) !== scope.account) throw foreign('team')
  if (input.serviceAccountId && (await accountOfServiceAccount(db, input.serviceAccountId)) !== scope.account)
    throw foreign('service-account')
}

async function refuseRoles(context: Context, roles: readonly string[], scope: ScopePath): Promise<void> {
  const accounts = await accountsOfRoles(context.db, roles)
  if (accounts.some((account) => account !== scope.account)) {
    throw new Refusal('invalid-relationship', {
      detail: "Expected roles of the scope's account.",
      at: '/data/relationships/roles',
    })
  }
  await assertNoEscalationByRoles(context, roles, scope)
}

function refuseSystem(policy: AccessPolicyRecord): void {
  if (policy.isSystem)
    throw new Refusal('system-object', { detail: "This is the account owner's own policy and cannot be changed." })
}
