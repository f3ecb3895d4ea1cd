/** What is done with access policies, wherever it is asked for. */
import { accessPolicies, auditEvents } from '@mintmark/contract'
import { saveWithUndo, showToastWithUndo } from '../parts/undo.tsx'
import { refresh } from '../queries.ts'
import { call } from '../server.ts'
import { type Policy, type Scope, scopeOf } from './scope.tsx'
import type { Subject } from './subject-choice.tsx'

export const subjectPlaces = ['user', 'team', 'service-account'].map((name) => `/data/relationships/${name}`)

export const scopePlaces = ['account', 'environment', 'workspace'].map((name) => `/data/relationships/${name}`)

export const createPolicy = (subject: Subject, scope: Scope, roles: readonly string[]) =>
  call(accessPolicies, 'create', { wish: { ...subject, [`${scope.kind}Id`]: scope.id, roles: [...roles] } })

export const changeRoles = ({ id, roles = [] }: Policy, wish: readonly string[]) =>
  saveWithUndo({
    before: roles,
    wish,
    write: async (given) => {
      const saved = await call(accessPolicies, 'update', { path: { accessPolicy: id }, wish: { roles: [...given] } })
      await refresh(accessPolicies, auditEvents)
      return saved
    },
    message: 'Changed the roles of the access policy.',
  })

/** Ends a policy, and makes one like it when that is taken back. */
export async function removePolicy(policy: Policy): Promise<void> {
  await call(accessPolicies, 'remove', { path: { accessPolicy: policy.id } })
  await refresh(accessPolicies, auditEvents)
  const subject = subjectOf(policy)
  showToastWithUndo('Removed the access policy.', async () => {
    await createPolicy(subject, scopeOf(policy), policy.roles ?? [])
    await refresh(accessPolicies, auditEvents)
  })
}

function subjectOf({ userId, teamId, serviceAccountId }: Policy): Subject {
  if (userId) return { userId }
  return teamId ? { teamId } : { serviceAccountId: serviceAccountId ?? '' }
}
