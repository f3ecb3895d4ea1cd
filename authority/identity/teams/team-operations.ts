import type { CreateInputOf, InputOf, teams } from '@mintmark/contract'
import type { Context } from '../../context.ts'
import { newId } from '../../ids.ts'
import { refuseTaken } from '../../refuse-taken.ts'
import { chooseAccount } from '../../rights/choose-account.ts'
import { assertMayRemoveTeams, assertNoEscalationByTeams } from '../../rights/escalation.ts'
import { assertJoiningVouchedFor } from '../../rights/vouched-members.ts'
import { defaultIdentityProvider } from '../identity-providers/default-provider.ts'
import { requireAccountMembers } from './team-members.ts'
import { deleteTeam, insertTeam, isTeamNameTaken, teamUsers, updateTeam } from './team-store.ts'
import type { TeamRecord } from './team-view.ts'

type TeamInput = InputOf<typeof teams>

export async function createTeam(context: Context, input: CreateInputOf<typeof teams>): Promise<{ id: string }> {
  const { db, world } = context
  const accountId = chooseAccount(context, input.accountId, 'teams:create')
  const users = input.users ?? []
  await refuseTaken(context, {
    what: 'A team',
    isTaken: isTeamNameTaken,
    within: { accountId },
    name: input.name,
  })
  await requireAccountMembers(context, accountId, users)
  const id = newId(world, 'team')
  const identityProviderId = input.identityProviderId ?? (await defaultIdentityProvider(context, accountId))
  await insertTeam(db, {
    id,
    accountId,
    identityProviderId,
    name: input.name,
    description: input.description ?? null,
    createdAt: world.now().toISOString(),
  })
  await teamUsers.replace(db, id, users)
  return { id }
}

export async function changeTeam(context: Context, team: TeamRecord, input: TeamInput): Promise<void> {
  const accountId = team.accountId
  await refuseTaken(context, {
    what: 'A team',
    isTaken: isTeamNameTaken,
    within: { accountId },
    name: input.name,
    but: team.id,
  })
  if (input.users) await changeMembers(context, team, input.users)
  await updateTeam(context.db, team.id, {
    ...(input.name === undefined ? {} : { name: input.name }),
    ...(input.description === undefined ? {} : { description: input.description }),
  })
}

async function changeMembers(context: Context, team: TeamRecord, users: readonly string[]): Promise<void> {
  const before = new Set(team.users)
  const joining = users.filter((id) => !before.has(id))
  await requireAccountMembers(context, team.accountId, joining)
  if (joining.length > 0) await assertNoEscalationByTeams(context, [team.id])
  await assertJoiningVouchedFor(context, joining, [team.id])
  if ([...before].some((id) => !users.includes(id))) await assertMayRemoveTeams(context, [team.id])
  await teamUsers.replace(context.db, team.id, users)
}

export async function removeTeam(context: Context, team: TeamRecord): Promise<void> {
  await assertMayRemoveTeams(context, [team.id])
  await deleteTeam(context.db, team.id)
}
