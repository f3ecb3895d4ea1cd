import type { users, Wish } from '@mintmark/contract'
import { revokeTokensOf } from '../access-tokens/revoke.ts'
import { chooseAccount } from '../accounts/choose-account.ts'
import { ownedAccounts } from '../accounts/owned-accounts.ts'
import { record } from '../audit-events/record.ts'
import { type Context, Refusal } from '../context.ts'
import { replaceMembers } from '../database/members.ts'
import type { Stored } from '../database/shelf.ts'
import { giveDefaultProvider } from '../identity-providers/default-provider.ts'
import { newId } from '../ids.ts'
import { refuseRaiseByTeams, refuseRaiseTo } from '../rights/raise.ts'
import { endSessionsOf } from '../sign-in/sessions.ts'
import { refuseTeamsElsewhere } from '../teams/team-members.ts'
import { note } from '../verdicts/note.ts'
import { hashPassword } from './password.ts'
import { accountsOf } from './user-shelf.ts'
import { deleteUser, findUserIdByEmail, insertUser, updateUser } from './user-store.ts'

type UserWish = Wish<typeof users>

/** Adds a person who belongs to no account yet. */
export async function createUser(context: Context, wish: UserWish): Promise<{ id: string }> {
  const { db, world } = context
  const homeAccountId = chooseAccount(context, undefined, 'users:create')
  const email = wish.email as string
  await refuseTaken(context, email)
  const id = newId(world, 'user')
  const status = wish.status ?? 'Pending'
  await insertUser(db, {
    id,
    email,
    username: email,
    fullName: wish.fullName ?? null,
    status,
    passwordHash: wish.password ? await hashPassword(world, wish.password) : null,
    passwordChangedAt: wish.password ? world.now().toISOString() : null,
    changePasswordOnSignIn: Number(wish.changePasswordOnSignIn ?? false),
    homeAccountId,
    createdAt: world.now().toISOString(),
    lastLoginAt: null,
  })
  if (wish.identityProviders) await setProviders(context, id, wish.identityProviders)
  else await giveDefaultProvider(context, id, homeAccountId)
  await record(context, {
    action: 'users.created',
    accountId: homeAccountId,
    subjectType: 'users',
    subjectId: id,
    after: { email, status },
  })
  await note(context, 'owner', id)
  return { id }
}

export async function changeUser(context: Context, user: Stored, wish: UserWish): Promise<void> {
  const { db, world } = context
  // Who can change another's address, password or status can become or stop that other.
  await refuseRaiseTo(context, 'user', user.id)
  if (wish.status === 'Inactive') await refuseLastOwner(context, user.id)
  if (wish.email && wish.email.toLowerCase() !== String(user.email).toLowerCase())
    await refuseTaken(context, wish.email)
  if (wish.teams) await changeTeams(context, user, wish.teams)
  await updateUser(db, user.id, {
    ...(wish.email === undefined ? {} : { email: wish.email, username: wish.email }),
    ...(wish.fullName === undefined ? {} : { fullName: wish.fullName }),
    ...(wish.status === undefined ? {} : { status: wish.status }),
    ...(wish.password
      ? { passwordHash: await hashPassword(world, wish.password), passwordChangedAt: world.now().toISOString() }
      : {}),
  })
  if (wish.password) await endSessionsOf(context, user.id, context.actor.session?.id)
  if (wish.identityProviders) await setProviders(context, user.id, wish.identityProviders)
  const { password, ...after } = wish
  await record(context, {
    action: 'users.updated',
    accountId: accountsOf(user)[0] ?? null,
    subjectType: 'users',
    subjectId: user.id,
    before: user,
    after: { ...after, ...(password ? { passwordChanged: true } : {}) },
  })
  await note(context, 'owner', user.id)
}

/** Ends a person, with all tokens, policies and memberships. */
export async function removeUser(context: Context, user: Stored): Promise<void> {
  await refuseLastOwner(context, user.id)
  await refuseRaiseTo(context, 'user', user.id)
  await revokeTokensOf(context, user.id, accountsOf(user)[0] ?? null)
  await deleteUser(context.db, user.id)
  await record(context, {
    action: 'users.deleted',
    accountId: accountsOf(user)[0] ?? null,
    subjectType: 'users',
    subjectId: user.id,
    before: { email: user.email },
  })
  await note(context, 'owner', user.id)
}

async function changeTeams(context: Context, user: Stored, teams: readonly string[]): Promise<void> {
  const before = new Set(user.teams as string[])
  await refuseRaiseByTeams(
    context,
    teams.filter((id) => !before.has(id)),
  )
  await refuseTeamsElsewhere(context, user.accounts as string[], teams)
  await replaceMembers(context.db, 'team_users', ['user_id', user.id], 'team_id', teams)
}

async function setProviders(context: Context, id: string, providers: readonly string[]): Promise<void> {
  await replaceMembers(context.db, 'user_identity_providers', ['user_id', id], 'identity_provider_id', providers)
}

async function refuseTaken(context: Context, email: string): Promise<void> {
  if (await findUserIdByEmail(context.db, email)) {
    throw new Refusal('invalid-attribute', {
      detail: 'This e-mail address is already taken.',
      at: '/data/attributes/email',
    })
  }
}

async function refuseLastOwner(context: Context, userId: string): Promise<void> {
  if ((await ownedAccounts(context.db, userId)).length > 0) {
    throw new Refusal('last-owner', { detail: 'This person owns an account; hand the account over first.' })
  }
}
