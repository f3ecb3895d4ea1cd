import type { Db } from '../../database/database.ts'
import { membersIn, nameCheck } from '../../database/members.ts'
import type { Tables } from '../../database/schema/tables.ts'

/** Users of a team, by team. */
export const teamUsers = membersIn('teamUsers', 'teamId', 'userId')
/** Teams of a user, by user. */
export const userTeams = membersIn('teamUsers', 'userId', 'teamId')

export const isTeamNameTaken = nameCheck('teams', 'accountId')

export async function insertTeam(db: Db, row: Tables['teams']): Promise<void> {
  await db.insertInto('teams').values(row).execute()
}

export async function updateTeam(db: Db, id: string, change: Partial<Tables['teams']>): Promise<void> {
  if (Object.keys(change).length > 0) await db.updateTable('teams').set(change).where('id', '=', id).execute()
}

export async function deleteTeam(db: Db, id: string): Promise<void> {
  await db.deleteFrom('teams').where('id', '=', id).execute()
}

/** Returns the teams that belong to the account. */
export async function teamsOfAccount(db: Db, accountId: string, ids: readonly string[]): Promise<string[]> {
  if (ids.length === 0) return []
  const rows = await db
    .selectFrom('teams')
    .select('id')
    .where('accountId', '=', accountId)
    .where('id', 'in', ids)
    .execute()
  return rows.map(({ id }) => id)
}

/** Returns the users who belong to the account or are invited to it. */
export async function membersOfAccount(db: Db, accountId: string, ids: readonly string[]): Promise<string[]> {
  if (ids.length === 0) return []
  const among = (table: 'accountUsers' | 'accountInvitations') =>
    db.selectFrom(table).select('userId').where('accountId', '=', accountId).where('userId', 'in', ids)
  const rows = await among('accountUsers').union(among('accountInvitations')).execute()
  return rows.map(({ userId }) => userId)
}
