import type { teams, Wish } from '@mintmark/contract'
import { chooseAccount } from '../accounts/choose-account.ts'
import { record } from '../audit-events/record.ts'
import type { Context } from '../context.ts'
import { replaceMembers } from '../database/members.ts'
import type { Stored } from '../database/shelf.ts'
import { defaultIdentityProvider } from '../identity-providers/default-provider.ts'
import { newId } from '../ids.ts'
import { refuseTaken } from '../names/refuse-taken.ts'
import { refuseRaiseByTeams, refuseRemovalOfTeams } from '../rights/raise.ts'
import { refuseUnvouchedJoining } from '../rights/vouched-members.ts'
import { note } from '../verdicts/note.ts'
import { refuseStrangers } from './team-members.ts'
import { deleteTeam, insertTeam, updateTeam } from './team-store.ts'

type TeamWish = Wish<typeof teams>

export async function createTeam(context: Context, wish: TeamWish): Promise<{ id: string }> {
  const { db, world } = context
  const accountId = chooseAccount(context, wish.accountId, 'teams:create')
  const users = wish.users ?? []
  await refuseTaken(context, {
    what: 'A team',
    table: 'teams',
    within: { account_id: accountId },
    name: wish.name as string,
  })
  await refuseStrangers(context, accountId, users)
  const id = newId(world, 'team')
  const identityProviderId = wish.identityProviderId ?? (await defaultIdentityProvider(context, accountId))
  await insertTeam(db, {
    id,
    accountId,
    identityProviderId,
    name: wish.name as string,
    description: wish.description ?? null,
    createdAt: world.now().toISOString(),
  })
  await replaceMembers(db, 'team_users', ['team_id', id], 'user_id', users)
  await record(context, { action: 'teams.created', accountId, subjectType: 'teams', subjectId: id, after: { ...wish } })
  return { id }
}

export async function changeTeam(context: Context, team: Stored, wish: TeamWish): Promise<void> {
  const accountId = team.accountId as string
  await refuseTaken(context, {
    what: 'A team',
    table: 'teams',
    within: { account_id: accountId },
    name: wish.name,
    but: team.id,
  })
  if (wish.users) await changeMembers(context, team, wish.users)
  await updateTeam(context.db, team.id, {
    ...(wish.name === undefined ? {} : { name: wish.name }),
    ...(wish.description === undefined ? {} : { description: wish.description }),
  })
  await record(context, {
    action: 'teams.updated',
    accountId,
    subjectType: 'teams',
    subjectId: team.id,
    before: team,
    after: { ...wish },
  })
  if (wish.users) await note(context, 'rights', team.id)
}

async function changeMembers(context: Context, team: Stored, users: readonly string[]): Promise<void> {
  const before = new Set(team.users as string[])
  const joining = users.filter((id) => !before.has(id))
  await refuseStrangers(context, team.accountId as string, joining)
  if (joining.length > 0) await refuseRaiseByTeams(context, [team.id])
  await refuseUnvouchedJoining(context, joining, [team.id])
  if ([...before].some((id) => !users.includes(id))) await refuseRemovalOfTeams(context, [team.id])
  await replaceMembers(context.db, 'team_users', ['team_id', team.id], 'user_id', users)
}

export async function removeTeam(context: Context, team: Stored): Promise<void> {
  await refuseRemovalOfTeams(context, [team.id])
  await deleteTeam(context.db, team.id)
  await record(context, {
    action: 'teams.deleted',
    accountId: team.accountId as string,
    subjectType: 'teams',
    subjectId: team.id,
    before: { name: team.name, users: team.users },
  })
  await note(context, 'rights', team.id)
}
