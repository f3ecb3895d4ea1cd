import { type accounts, kebab, type Wish } from '@mintmark/contract'
import { memberVerbs } from '../audit-events/member-verbs.ts'
import { record } from '../audit-events/record.ts'
import { type Context, Refusal } from '../context.ts'
import type { Stored } from '../database/shelf.ts'
import { refuseRaise } from '../rights/raise.ts'
import { everythingIn, refuseUnvouchedMembers } from '../rights/vouched-members.ts'
import { note } from '../verdicts/note.ts'
import { isActiveMember, moveOwnerPolicy, updateAccount } from './account-store.ts'
import { type AllowLists, readAllowLists } from './allow-list.ts'

export async function changeAccount(context: Context, account: Stored, wish: Wish<typeof accounts>): Promise<void> {
  const { db } = context
  const networks = allowListsOf(wish)
  if (wish.ownerId !== undefined) await refuseOwner(context, account, wish.ownerId)
  await updateAccount(db, account.id, {
    ...Object.fromEntries(Object.entries(networks).map(([name, texts]) => [name, JSON.stringify(texts)])),
    ...(wish.supportAccessEnabled === undefined ? {} : { supportAccessEnabled: Number(wish.supportAccessEnabled) }),
    ...(wish.identityProviderId === undefined ? {} : { identityProviderId: wish.identityProviderId }),
    ...(wish.ownerId ? { ownerId: wish.ownerId } : {}),
  })
  if (wish.ownerId && wish.ownerId !== account.ownerId) {
    await moveOwnerPolicy(db, account.id, wish.ownerId)
    await note(context, 'rights', account.id)
  }
  const after = { ...wish, ...networks }
  await record(context, {
    action: 'accounts.updated',
    accountId: account.id,
    subjectType: 'accounts',
    subjectId: account.id,
    before: account,
    after,
  })
  if (Object.keys(networks).length > 0) await note(context, 'account', account.id)
}

function allowListsOf(wish: Wish<typeof accounts>): AllowLists {
  const { lists, faults } = readAllowLists(wish)
  if (faults.length > 0)
    throw new Refusal(
      'invalid-attribute',
      faults.map(({ name, index, detail }) => ({ detail, at: `/data/attributes/${kebab(name)}/${index}` })),
    )
  return lists
}

async function refuseOwner(context: Context, account: Stored, ownerId: string | null): Promise<void> {
  const at = '/data/relationships/owner'
  const grants = everythingIn(account.id)
  refuseRaise(context, { grants })
  if (ownerId === null) throw new Refusal('invalid-relationship', { detail: 'An account always has an owner.', at })
  if (!(await isActiveMember(context.db, account.id, ownerId))) {
    throw new Refusal('invalid-relationship', {
      detail: 'The owner must be an active person who belongs to the account.',
      at,
    })
  }
  if (ownerId !== account.ownerId) await refuseUnvouchedMembers(context, account.id, [ownerId], grants)
}

export const ssoBypassUsers = memberVerbs({
  type: 'accounts',
  relation: 'ssoBypassUsers',
  table: 'sso_bypass_users',
  owner: 'account_id',
  member: 'user_id',
})
