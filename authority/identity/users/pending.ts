import { audit } from '../../audit/audit.ts'
import type { Context } from '../../context.ts'
import { newId } from '../../ids.ts'
import { assignDefaultProvider } from '../identity-providers/default-provider.ts'
import { findUserIdByEmail, insertUser } from './user-store.ts'

/** Returns the user with this email address. A new user is Pending until the first sign-in. */
export async function findOrAddPending(context: Context, email: string, accountId: string): Promise<string> {
  const { db, world } = context
  const known = await findUserIdByEmail(db, email)
  if (known) return known
  const id = newId(world, 'user')
  await insertUser(db, {
    id,
    email,
    username: email,
    fullName: null,
    status: 'Pending',
    passwordHash: null,
    passwordChangedAt: null,
    changePasswordOnSignIn: 0,
    homeAccountId: accountId,
    createdAt: world.now().toISOString(),
    lastLoginAt: null,
  })
  await assignDefaultProvider(context, id, accountId)
  await audit(context, {
    action: 'users.created',
    accountId,
    subjectType: 'users',
    subjectId: id,
    after: { email, status: 'Pending' },
  })
  return id
}
