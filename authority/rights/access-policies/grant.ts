import type { ScopePath } from '@mintmark/token'
import type { Context } from '../../context.ts'
import { newId } from '../../ids.ts'
import { insertPolicy } from './access-policy-store.ts'

export interface NewPolicy {
  readonly subject: {
    readonly userId?: string | null
    readonly teamId?: string | null
    readonly serviceAccountId?: string | null
  }
  readonly scope: ScopePath
  readonly roles: readonly string[]
  readonly isSystem?: boolean
}

/** Writes a policy without checks: the caller has authorized it. Returns its id. */
export async function grantRoles(context: Context, { subject, scope, roles, isSystem }: NewPolicy): Promise<string> {
  const id = newId(context.world, 'ap')
  await insertPolicy(
    context.db,
    {
      id,
      accountId: scope.account,
      environmentId: scope.environment ?? null,
      workspaceId: scope.workspace ?? null,
      userId: subject.userId ?? null,
      teamId: subject.teamId ?? null,
      serviceAccountId: subject.serviceAccountId ?? null,
      isSystem: Number(isSystem ?? false),
      createdAt: context.world.now().toISOString(),
    },
    roles,
  )
  return id
}
