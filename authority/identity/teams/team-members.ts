import { may } from '@mintmark/token'
import { type Context, Refusal } from '../../context.ts'
import { membersOfAccount, teamsOfAccount, userTeams } from './team-store.ts'

/** Makes the teams of a user exactly these. */
export const replaceTeamsOf = userTeams.replace

export async function addToTeams(
  context: Context,
  userId: string,
  accountId: string,
  teams: readonly string[],
): Promise<void> {
  const own = await teamsOfAccount(context.db, accountId, teams)
  if (own.length !== teams.length) {
    throw new Refusal('invalid-relationship', {
      detail: 'Expected teams of this account.',
      at: '/data/relationships/teams',
    })
  }
  await userTeams.add(context.db, userId, teams)
}

/** Refuses users who do not belong to the team's account. */
export async function requireAccountMembers(
  context: Context,
  accountId: string,
  users: readonly string[],
): Promise<void> {
  const own = new Set(await membersOfAccount(context.db, accountId, users))
  if (users.some((id) => !own.has(id))) {
    throw new Refusal('invalid-relationship', {
      detail: 'Expected users who belong to the account.',
      at: '/data/relationships/users',
    })
  }
}

/** Refuses teams of other accounts as owners of an object. */
export async function refuseForeignTeams(
  context: Context,
  accountId: string,
  teams: readonly string[],
  relation: string,
): Promise<void> {
  if ((await teamsOfAccount(context.db, accountId, teams)).length !== teams.length) {
    throw new Refusal('invalid-relationship', {
      detail: 'Expected teams of this account.',
      at: `/data/relationships/${relation}`,
    })
  }
}

/** Returns the teams that belong to the account. */
export const teamsWithin = ({ db }: Context, accountId: string, teams: readonly string[]): Promise<string[]> =>
  teamsOfAccount(db, accountId, teams)

/** Refuses teams of accounts that the user does not belong to. */
export async function refuseTeamsElsewhere(
  { db }: Context,
  accounts: readonly string[],
  teams: readonly string[],
): Promise<void> {
  const own = await Promise.all(accounts.map((account) => teamsOfAccount(db, account, teams)))
  if (own.flat().length !== teams.length) {
    throw new Refusal('invalid-relationship', {
      detail: 'Expected teams of an account that this user belongs to.',
      at: '/data/relationships/teams',
    })
  }
}

/** Changing a user's teams requires users:update in the account of each team, even if the team has no policies yet. */
export async function refuseTeamsOfOthers(
  { db, actor }: Context,
  accounts: readonly string[],
  changed: readonly string[],
): Promise<void> {
  for (const account of accounts.filter((id) => !may(actor.rights, 'users:update', { account: id })))
    if ((await teamsOfAccount(db, account, changed)).length > 0)
      throw new Refusal('forbidden', {
        detail: 'This requires the permission users:update in the account of each team.',
        permission: 'users:update',
      })
}
