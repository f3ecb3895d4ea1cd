import type { InputOf, users } from '@mintmark/contract'
import { audit } from '../../audit/audit.ts'
import { type Context, Refusal } from '../../context.ts'
import { emailKey } from '../../database/email-key.ts'
import { replaceMembers } from '../../database/members.ts'
import type { StoredRecord } from '../../database/resource-view.ts'
import { ownedAccounts } from '../../identity/accounts/owned-accounts.ts'
import { assignDefaultProvider } from '../../identity/identity-providers/default-provider.ts'
import { refuseTeamsElsewhere, refuseTeamsOfOthers, teamsWithin } from '../../identity/teams/team-members.ts'
import { hashPassword } from '../../identity/users/password.ts'
import { deletePerson, findPersonIdByEmail, insertPerson, updatePerson } from '../../identity/users/person.ts'
import { accountsOf } from '../../identity/users/user-view.ts'
import { newId } from '../../ids.ts'
import { chooseAccount } from '../../rights/choose-account.ts'
import {
  assertMayRemoveRightsOf,
  assertMayRemoveTeams,
  assertNoEscalationByTeams,
  assertNoEscalationTo,
} from '../../rights/escalation.ts'
import { makerOf } from '../../rights/maker.ts'
import { assertJoiningVouchedFor, withdrawMemberVoucher } from '../../rights/vouched-members.ts'
import { revokeTokensOf } from '../../tokens/revoke.ts'
import { endSignIn } from '../end-sign-in.ts'
import { notifyCredentialChange } from '../methods/credential-change.ts'
import { hasOwnCredentials } from '../methods/credentials.ts'
import { assertStrongPassword, passwordContextOf } from '../methods/strength.ts'
import { endSessionsOf } from '../sessions.ts'

type UserWish = InputOf<typeof users>

/** Creates a user who belongs to no account yet. */
export async function createUser(context: Context, wish: UserWish): Promise<{ id: string }> {
  const { db, world } = context
  const homeAccountId = chooseAccount(context, undefined, 'users:create')
  const email = wish.email as string
  await refuseTaken(context, email)
  const { password } = wish
  const known = { email, fullName: wish.fullName ?? null, homeAccountId }
  if (password) await assertStrongPassword(context, password, await passwordContextOf(db, known), passwordPointer)
  const id = newId(world, 'user')
  const status = wish.status ?? 'Pending'
  await insertPerson(db, {
    id,
    email,
    username: email,
    fullName: wish.fullName ?? null,
    status,
    passwordHash: password ? await hashPassword(context, password) : null,
    passwordChangedAt: password ? world.now().toISOString() : null,
    // Scalr's clients may choose a first password for a user. It has to be replaced at the first sign-in.
    changePasswordOnSignIn: Number(Boolean(password) || (wish.changePasswordOnSignIn ?? false)),
    ...(password ? setter(context) : {}),
    homeAccountId,
    createdAt: world.now().toISOString(),
    lastLoginAt: null,
  })
  if (wish.identityProviders) await setProviders(context, id, wish.identityProviders)
  else await assignDefaultProvider(context, id, homeAccountId)
  await audit(context, {
    action: 'users.created',
    accountId: homeAccountId,
    subjectType: 'users',
    subjectId: id,
    after: { email, status },
  })
  return { id }
}

export async function changeUser(context: Context, user: StoredRecord, wish: UserWish): Promise<void> {
  const { db, world } = context
  // Changing another user's address, password or status means impersonating or locking out that user.
  await assertNoEscalationTo(context, 'user', user.id)
  const isStopped = wish.status !== undefined && wish.status !== 'Active' && wish.status !== user.status
  if (isStopped) {
    await assertMayRemoveRightsOf(context, 'user', user.id)
    await refuseLastOwner(context, user.id)
  }
  await refuseCredentials(context, user, wish)
  const previousEmail = user.email as string
  const isMoved = Boolean(wish.email) && emailKey(wish.email as string) !== emailKey(previousEmail)
  if (isMoved) await refuseTaken(context, wish.email as string)
  if (wish.teams) await changeTeams(context, user, wish.teams)
  await updatePerson(db, user.id, {
    ...(wish.email === undefined ? {} : { email: wish.email, username: wish.email }),
    ...(wish.fullName === undefined ? {} : { fullName: wish.fullName }),
    ...(wish.status === undefined ? {} : { status: wish.status }),
    ...(wish.password
      ? {
          passwordHash: await hashPassword(context, wish.password),
          passwordChangedAt: world.now().toISOString(),
          changePasswordOnSignIn: Number(user.id !== context.actor.id),
          ...(user.id === context.actor.id ? nobody : setter(context)),
        }
      : {}),
  })
  if (wish.password || isMoved) await endSessionsOf(context, user.id, context.actor.session?.id)
  if (wish.password) await notifyCredentialChange(context, user.id, { change: 'password' })
  if (isMoved) await withdrawMemberVoucher(context, user.accounts as string[], user.id)
  if (isMoved) await notifyCredentialChange(context, user.id, { change: 'email', previousEmail })
  if (isStopped) await endSignIn(context, user.id)
  if (wish.identityProviders) await setProviders(context, user.id, wish.identityProviders)
  const { password, teams: _, ...after } = wish
  // A change of teams alone was audited in the accounts of the teams.
  if (Object.keys(wish).some((name) => name !== 'teams') || context.auditedEvents.rows === 0)
    await audit(context, {
      action: 'users.updated',
      accountId: accountsOf(user),
      subjectType: 'users',
      subjectId: user.id,
      before: user,
      after: { ...after, ...(password ? { passwordChanged: true } : {}) },
    })
}

/** Deletes a user with all tokens, policies and memberships. */
export async function removeUser(context: Context, user: StoredRecord): Promise<void> {
  await refuseLastOwner(context, user.id)
  await assertMayRemoveRightsOf(context, 'user', user.id)
  await revokeTokensOf(context, user.id)
  await deletePerson(context.db, user.id)
  await audit(context, {
    action: 'users.deleted',
    accountId: accountsOf(user),
    subjectType: 'users',
    subjectId: user.id,
    before: { email: user.email },
  })
}

/** Changes only teams of accounts whose users the caller may read; other teams stay. */
async function changeTeams(context: Context, user: StoredRecord, teams: readonly string[]): Promise<void> {
  const seen = user.teams as string[]
  const before = new Set(seen)
  const [joined, left] = [teams.filter((id) => !before.has(id)), seen.filter((id) => !teams.includes(id))]
  const accounts = [...(user.accounts as string[]), ...(user.invitedTo as string[])]
  await refuseTeamsElsewhere(context, accounts, teams)
  await refuseTeamsOfOthers(context, accounts, [...joined, ...left])
  await assertNoEscalationByTeams(context, joined)
  await assertJoiningVouchedFor(context, [user.id], joined)
  await assertMayRemoveTeams(context, left)
  const elsewhere = (user.allTeams as string[]).filter((id) => !before.has(id))
  await replaceMembers(context.db, 'team_users', ['user_id', user.id], 'team_id', [...teams, ...elsewhere])
  await recordTeams(context, user, teams)
}

/** Audits the change in each account, with that account's teams only. */
async function recordTeams(context: Context, user: StoredRecord, teams: readonly string[]): Promise<void> {
  for (const accountId of [...(user.accounts as string[]), ...(user.invitedTo as string[])]) {
    const own = async (ids: readonly string[]) => ({ teams: await teamsWithin(context, accountId, ids) })
    await audit(context, {
      action: 'users.updated',
      accountId,
      subjectType: 'users',
      subjectId: user.id,
      before: await own(user.teams as string[]),
      after: await own(teams),
    })
  }
}

const nobody = { passwordSetById: null, passwordSetTokenId: null }

function setter({ actor }: Context) {
  const { id, tokenId } = makerOf(actor)
  return { passwordSetById: id, passwordSetTokenId: tokenId }
}

const passwordPointer = '/data/attributes/password'

/**
 * Users change their own sign-in methods, in a session with recent re-authentication (declared by the route), never with a
 * token, which may be in the wrong hands. Others may at most choose a first password, for a user who has no credential yet.
 */
async function refuseCredentials(context: Context, user: StoredRecord, { password, email }: UserWish): Promise<void> {
  const isSelf = user.id === context.actor.id
  const changes = Boolean(password) || (email !== undefined && email !== user.email)
  if (isSelf && changes && !context.actor.session)
    throw new Refusal('forbidden', {
      detail: 'A token cannot change how its owner signs in. Sign in to the console to change e-mail or password.',
    })
  if (!password) return
  if (!isSelf && (await hasOwnCredentials(context.db, user.id)))
    throw new Refusal('invalid-attribute', {
      detail: 'People choose their own passwords. Send a sign-in link instead.',
      at: passwordPointer,
    })
  const known = {
    id: user.id,
    email: email ?? (user.email as string),
    fullName: user.fullName as string | null,
    homeAccountId: user.homeAccountId as string | null,
  }
  await assertStrongPassword(context, password, await passwordContextOf(context.db, known), passwordPointer)
}

async function setProviders(context: Context, id: string, providers: readonly string[]): Promise<void> {
  await replaceMembers(context.db, 'user_identity_providers', ['user_id', id], 'identity_provider_id', providers)
}

async function refuseTaken(context: Context, email: string): Promise<void> {
  if (await findPersonIdByEmail(context.db, email)) {
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
