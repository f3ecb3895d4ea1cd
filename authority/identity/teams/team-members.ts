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

/** A team holds people of its own account only. */
export async function requireAccountMembers(
  context: Context,
  accountId: string,
  users: readonly string[],
): Promise<void> {
  const own = new Set(await membersOfAccount(context.db, accountId, users))
  if (users.some((id) => !own.has(id))) {
    throw new Refusal('invalid-relationship', {
      detail: 'Expected people who belong to the account.',
      at: '/data/relationships/users',
    })
  }
}

/** Names teams of one account as owners of something in it. */
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

/** Of these teams, those of one account. */
export const teamsWithin = ({ db }: Context, accountId: string, teams: readonly string[]): Promise<string[]> =>
  teamsOfAccount(db, accountId, teams)

/** Someone joins teams only of accounts they belong to. */
export async function refuseTeamsElsewhere(
  { db }: Context,
  accounts: readonly string[],
  teams: readonly string[],
): Promise<void> {
  const own = await Promise.all(accounts.map((account) => teamsOfAccount(db, account, teams)))
  if (own.flat().length !== teams.length) {
    throw new Refusal('invalid-relationship', {
      detail: 'Expected teams of an account this person belongs to.',
      at: '/data/relationships/teams',
    })
  }
}

/** Whoever may change a person in one account changes none of their teams in another, also where a team was given nothing yet. */
export async function refuseTeamsOfOthers(
  { db, actor }: Context,
  accounts: readonly string[],
  changed: readonly string[],
): Promise<void> {
  for (const account of accounts.filter((id) => !may(actor.rights, 'users:update', { account: id })))
    if ((await teamsOfAccount(db, account, changed)).length > 0)
      throw new Refusal('forbidden', { detail: 'This takes the permission users:update in the account of each team.' })
}
