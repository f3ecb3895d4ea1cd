/** Creates, updates and removes access policies. */
import type { CallOptions } from '@mintmark/client'
import { accessPolicies, auditEvents } from '@mintmark/contract'
import { saveWithUndo, showToastWithUndo } from '../parts/undo.tsx'
import { allRecordsQuery, invalidate } from '../queries.ts'
import { call } from '../server.ts'
import { type Policy, policyRelations, type Scope, scopeOf } from './scope.tsx'
import type { Subject } from './subject-choice.tsx'

export const subjectPointers = ['user', 'team', 'service-account'].map((name) => `/data/relationships/${name}`)

export const scopePointers = ['account', 'environment', 'workspace'].map((name) => `/data/relationships/${name}`)

export type PolicyFilters = NonNullable<CallOptions<typeof accessPolicies, 'list'>['filters']>

export const policiesQuery = (filters: PolicyFilters) =>
  allRecordsQuery(accessPolicies, 'list', { filters, include: policyRelations })

export const createPolicy = (subject: Subject, scope: Scope, roles: readonly string[]) =>
  call(accessPolicies, 'create', { input: { ...subject, [`${scope.kind}Id`]: scope.id, roles: [...roles] } })

export const updateRoles = ({ id, roles = [] }: Policy, input: readonly string[]) =>
  saveWithUndo({
    before: roles,
    after: input,
    write: async (given) => {
      const saved = await call(accessPolicies, 'update', { path: { accessPolicy: id }, input: { roles: [...given] } })
      await invalidate(accessPolicies, auditEvents)
      return saved
    },
    message: 'Updated the roles of the access policy.',
  })

/** Removes a policy. Undo creates an equal one. */
export async function removePolicy(policy: Policy): Promise<void> {
  await call(accessPolicies, 'remove', { path: { accessPolicy: policy.id } })
  await invalidate(accessPolicies, auditEvents)
  const subject = subjectOf(policy)
  showToastWithUndo('Removed the access policy.', async () => {
    await createPolicy(subject, scopeOf(policy), policy.roles ?? [])
    await invalidate(accessPolicies, auditEvents)
  })
}

function subjectOf({ userId, teamId, serviceAccountId }: Policy): Subject {
  if (userId) return { userId }
  return teamId ? { teamId } : { serviceAccountId: serviceAccountId ?? '' }
}
