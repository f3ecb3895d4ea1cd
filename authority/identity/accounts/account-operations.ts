import { type accounts, type InputOf, kebab } from '@mintmark/contract'
import { audit } from '../../audit/audit.ts'
import { memberOperations } from '../../audit/member-operations.ts'
import { type Context, Refusal } from '../../context.ts'
import type { StoredRecord } from '../../database/resource-view.ts'
import { assertNoEscalation } from '../../rights/escalation.ts'
import { assertMembersVouchedFor, everythingIn } from '../../rights/vouched-members.ts'
import { isActiveMember, moveOwnerPolicy, updateAccount } from './account-store.ts'
import { type AllowLists, readAllowLists } from './allow-list.ts'

export async function changeAccount(
  context: Context,
  account: StoredRecord,
  wish: InputOf<typeof accounts>,
): Promise<void> {
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
  }
  const after = { ...wish, ...networks }
  await audit(context, {
    action: 'accounts.updated',
    accountId: account.id,
    subjectType: 'accounts',
    subjectId: account.id,
    before: account,
    after,
  })
}

function allowListsOf(wish: InputOf<typeof accounts>): AllowLists {
  const { lists, faults } = readAllowLists(wish)
  if (faults.length > 0)
    throw new Refusal(
      'invalid-attribute',
      faults.map(({ name, index, detail }) => ({ detail, at: `/data/attributes/${kebab(name)}/${index}` })),
    )
  return lists
}

async function refuseOwner(context: Context, account: StoredRecord, ownerId: string | null): Promise<void> {
  const at = '/data/relationships/owner'
  const grants = everythingIn(account.id)
  assertNoEscalation(context, { grants })
  if (ownerId === null) throw new Refusal('invalid-relationship', { detail: 'An account always has an owner.', at })
  if (!(await isActiveMember(context.db, account.id, ownerId))) {
    throw new Refusal('invalid-relationship', {
      detail: 'The owner must be an active person who belongs to the account.',
      at,
    })
  }
  if (ownerId !== account.ownerId) await assertMembersVouchedFor(context, account.id, [ownerId], grants)
}

export const ssoBypassUsers = memberOperations({
  type: 'accounts',
  relation: 'ssoBypassUsers',
  table: 'sso_bypass_users',
  owner: 'account_id',
  member: 'user_id',
})
