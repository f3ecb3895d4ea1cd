import type { CreateInputOf, InputOf, users } from '@mintmark/contract'
import { type AuditDetails, audit } from '../../audit/audit.ts'
import { type Context, Refusal } from '../../context.ts'
import { emailKey } from '../../database/email-key.ts'
import { ownedAccounts } from '../../identity/accounts/owned-accounts.ts'
import { assignDefaultProvider } from '../../identity/identity-providers/default-provider.ts'
import {
  refuseTeamsElsewhere,
  refuseTeamsOfOthers,
  replaceTeamsOf,
  teamsWithin,
} from '../../identity/teams/team-members.ts'
import { hashPassword } from '../../identity/users/password.ts'
import {
  deletePerson,
  findPersonIdByEmail,
  insertPerson,
  replaceIdentityProviders,
  updatePerson,
} from '../../identity/users/person.ts'
import { accountsOf, type UserRecord } from '../../identity/users/user-view.ts'
import { newId } from '../../ids.ts'
import { chooseAccount } from '../../rights/choose-account.ts'
import { creatorOf } from '../../rights/creator.ts'
import {
  assertMayRemoveRightsOf,
  assertMayRemoveTeams,
  assertNoEscalationByTeams,
  assertNoEscalationTo,
} from '../../rights/escalation.ts'
import { assertJoiningVouchedFor, withdrawMemberVoucher } from '../../rights/vouched-members.ts'
import { revokeTokensOf } from '../../tokens/revoke.ts'
import { endSignIn } from '../end-sign-in.ts'
import { notifyCredentialChange } from '../methods/credential-change.ts'
import { hasOwnCredentials } from '../methods/credentials.ts'
import { assertStrongPassword, passwordContextOf } from '../methods/strength.ts'
import { endSessionsOf } from '../sessions.ts'

type UserInput = InputOf<typeof users>

/** Creates a user who belongs to no account yet. */
export async function createUser(
  context: Context,
  input: CreateInputOf<typeof users>,
): Promise<{ id: string } & AuditDetails> {
  const { db, world } = context
  const homeAccountId = chooseAccount(context, undefined, 'users:create')
  const { email } = input
  await refuseTaken(context, email)
  const { password } = input
  const known = { email, fullName: input.fullName ?? null, homeAccountId }
  if (password) await assertStrongPassword(context, password, await passwordContextOf(db, known), passwordPointer)
  const id = newId(world, 'user')
  const status = input.status ?? 'Pending'
  await insertPerson(db, {
    id,
    email,
    username: email,
    fullName: input.fullName ?? null,
    status,
    passwordHash: password ? await hashPassword(context, password) : null,
    passwordChangedAt: password ? world.now().toISOString() : null,
    // Scalr's clients may choose a first password for a user. It has to be replaced at the first sign-in.
    changePasswordOnSignIn: Number(Boolean(password) || (input.changePasswordOnSignIn ?? false)),
    ...(password ? setter(context) : {}),
    homeAccountId,
    createdAt: world.now().toISOString(),
    lastLoginAt: null,
  })
  if (input.identityProviders) await setProviders(context, id, input.identityProviders)
  else await assignDefaultProvider(context, id, homeAccountId)
  return { id, audited: { status } }
}

export async function changeUser(context: Context, user: UserRecord, input: UserInput): Promise<void> {
  const { db, world } = context
  // Changing another user's address, password or status means impersonating or locking out that user.
  await assertNoEscalationTo(context, 'user', user.id)
  const isStopped = input.status !== undefined && input.status !== 'Active' && input.status !== user.status
  if (isStopped) {
    await assertMayRemoveRightsOf(context, 'user', user.id)
    await refuseLastOwner(context, user.id)
  }
  await refuseCredentials(context, user, input)
  const previousEmail = user.email
  const newEmail = input.email && emailKey(input.email) !== emailKey(previousEmail) ? input.email : undefined
  const isMoved = newEmail !== undefined
  if (isMoved) await refuseTaken(context, newEmail)
  if (input.teams) await changeTeams(context, user, input.teams)
  await updatePerson(db, user.id, {
    ...(input.email === undefined ? {} : { email: input.email, username: input.email }),
    ...(input.fullName === undefined ? {} : { fullName: input.fullName }),
    ...(input.status === undefined ? {} : { status: input.status }),
    ...(input.password
      ? {
          passwordHash: await hashPassword(context, input.password),
          passwordChangedAt: world.now().toISOString(),
          changePasswordOnSignIn: Number(user.id !== context.actor.id),
          ...(user.id === context.actor.id ? noPasswordSetter : setter(context)),
        }
      : {}),
  })
  if (input.password || isMoved) await endSessionsOf(context, user.id, context.actor.session?.id)
  if (input.password) await notifyCredentialChange(context, user.id, { change: 'password' })
  if (isMoved) await withdrawMemberVoucher(context, user.accounts, user.id)
  if (isMoved) await notifyCredentialChange(context, user.id, { change: 'email', previousEmail })
  if (isStopped) await endSignIn(context, user.id)
  if (input.identityProviders) await setProviders(context, user.id, input.identityProviders)
  const { password, teams: _, ...after } = input
  // A change of teams alone was audited in the accounts of the teams.
  if (Object.keys(input).some((name) => name !== 'teams') || context.auditedEvents.rows === 0)
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
export async function removeUser(context: Context, user: UserRecord): Promise<void> {
  await refuseLastOwner(context, user.id)
  await assertMayRemoveRightsOf(context, 'user', user.id)
  await revokeTokensOf(context, user.id)
  await deletePerson(context.db, user.id)
  // Not the teams: accounts would see each other's.
  await audit(context, {
    action: 'users.deleted',
    accountId: accountsOf(user),
    subjectType: 'users',
    subjectId: user.id,
    before: { email: user.email, fullName: user.fullName, status: user.status },
  })
}

/** Changes only teams of accounts whose users the caller may read; other teams stay. */
async function changeTeams(context: Context, user: UserRecord, teams: readonly string[]): Promise<void> {
  const seen = user.teams
  const before = new Set(seen)
  const [joined, left] = [teams.filter((id) => !before.has(id)), seen.filter((id) => !teams.includes(id))]
  const accounts = [...user.accounts, ...user.invitedTo]
  await refuseTeamsElsewhere(context, accounts, teams)
  await refuseTeamsOfOthers(context, accounts, [...joined, ...left])
  await assertNoEscalationByTeams(context, joined)
  await assertJoiningVouchedFor(context, [user.id], joined)
  await assertMayRemoveTeams(context, left)
  const elsewhere = user.allTeams.filter((id) => !before.has(id))
  await replaceTeamsOf(context.db, user.id, [...teams, ...elsewhere])
  await recordTeams(context, user, teams)
}

/** Audits the change in each account, with that account's teams only. */
async function recordTeams(context: Context, user: UserRecord, teams: readonly string[]): Promise<void> {
  for (const accountId of [...user.accounts, ...user.invitedTo]) {
    const own = async (ids: readonly string[]) => ({ teams: await teamsWithin(context, accountId, ids) })
    await audit(context, {
      action: 'users.updated',
      accountId,
      subjectType: 'users',
      subjectId: user.id,
      before: await own(user.teams),
      after: await own(teams),
    })
  }
}

const noPasswordSetter = { passwordSetById: null, passwordSetTokenId: null }

function setter({ actor }: Context) {
  const { id, tokenId } = creatorOf(actor)
  return { passwordSetById: id, passwordSetTokenId: tokenId }
}

const passwordPointer = '/data/attributes/password'

/**
 * Users change their own sign-in methods, in a session with recent re-authentication (declared by the route), never with a
 * token, which may be in the wrong hands. Others may at most choose a first password, for a user who has no credential yet.
 */
async function refuseCredentials(context: Context, user: UserRecord, { password, email }: UserInput): Promise<void> {
  const isSelf = user.id === context.actor.id
  const changes = Boolean(password) || (email !== undefined && email !== user.email)
  if (isSelf && changes && !context.actor.session)
    throw new Refusal('forbidden', {
      detail: 'A token cannot change how its owner signs in. Sign in to the console to change email or password.',
    })
  if (!password) return
  if (!isSelf && (await hasOwnCredentials(context.db, user.id)))
    throw new Refusal('invalid-attribute', {
      detail: 'People choose their own passwords. Send a sign-in link instead.',
      at: passwordPointer,
    })
  const known = {
    id: user.id,
    email: email ?? user.email,
    fullName: user.fullName,
    homeAccountId: user.homeAccountId,
  }
  await assertStrongPassword(context, password, await passwordContextOf(context.db, known), passwordPointer)
}

async function setProviders(context: Context, id: string, providers: readonly string[]): Promise<void> {
  await replaceIdentityProviders(context.db, id, providers)
}

async function refuseTaken(context: Context, email: string): Promise<void> {
  if (await findPersonIdByEmail(context.db, email)) {
    throw new Refusal('invalid-attribute', {
      detail: 'This email address is already taken.',
      at: '/data/attributes/email',
    })
  }
}

async function refuseLastOwner(context: Context, userId: string): Promise<void> {
  if ((await ownedAccounts(context.db, userId)).length > 0) {
    throw new Refusal('last-owner', { detail: 'This person owns an account. Transfer the account first.' })
  }
}
