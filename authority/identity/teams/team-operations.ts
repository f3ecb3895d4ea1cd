import type { InputOf, teams } from '@mintmark/contract'
import { audit } from '../../audit/audit.ts'
import type { Context } from '../../context.ts'
import { replaceMembers } from '../../database/members.ts'
import type { StoredRecord } from '../../database/resource-view.ts'
import { newId } from '../../ids.ts'
import { refuseTaken } from '../../refuse-taken.ts'
import { chooseAccount } from '../../rights/choose-account.ts'
import { assertMayRemoveTeams, assertNoEscalationByTeams } from '../../rights/escalation.ts'
import { assertJoiningVouchedFor } from '../../rights/vouched-members.ts'
import { defaultIdentityProvider } from '../identity-providers/default-provider.ts'
import { requireAccountMembers } from './team-members.ts'
import { deleteTeam, insertTeam, updateTeam } from './team-store.ts'

type TeamWish = InputOf<typeof teams>

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
  await requireAccountMembers(context, accountId, users)
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
  await audit(context, { action: 'teams.created', accountId, subjectType: 'teams', subjectId: id, after: { ...wish } })
  return { id }
}

export async function changeTeam(context: Context, team: StoredRecord, wish: TeamWish): Promise<void> {
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
  await audit(context, {
    action: 'teams.updated',
    accountId,
    subjectType: 'teams',
    subjectId: team.id,
    before: team,
    after: { ...wish },
  })
}

async function changeMembers(context: Context, team: StoredRecord, users: readonly string[]): Promise<void> {
  const before = new Set(team.users as string[])
  const joining = users.filter((id) => !before.has(id))
  await requireAccountMembers(context, team.accountId as string, joining)
  if (joining.length > 0) await assertNoEscalationByTeams(context, [team.id])
  await assertJoiningVouchedFor(context, joining, [team.id])
  if ([...before].some((id) => !users.includes(id))) await assertMayRemoveTeams(context, [team.id])
  await replaceMembers(context.db, 'team_users', ['team_id', team.id], 'user_id', users)
}

export async function removeTeam(context: Context, team: StoredRecord): Promise<void> {
  await assertMayRemoveTeams(context, [team.id])
  await deleteTeam(context.db, team.id)
  await audit(context, {
    action: 'teams.deleted',
    accountId: team.accountId as string,
    subjectType: 'teams',
    subjectId: team.id,
    before: { name: team.name, users: team.users },
  })
}
