import { type accounts, type InputOf, kebab } from '@mintmark/contract'
import type { AuditDetails } from '../../audit/audit.ts'
import { type Context, Refusal } from '../../context.ts'
import { memberOperations } from '../../member-operations.ts'
import { assertNoEscalation } from '../../rights/escalation.ts'
import { assertMembersVouchedFor, everythingIn } from '../../rights/vouched-members.ts'
import { hasSecondFactor, isActiveMember, moveOwnerPolicy, ssoBypassMembers, updateAccount } from './account-store.ts'
import type { AccountRecord } from './account-view.ts'
import { type AllowLists, locksOut, readAllowLists } from './allow-list.ts'

export async function changeAccount(
  context: Context,
  account: AccountRecord,
  input: InputOf<typeof accounts>,
): Promise<AuditDetails> {
  const { db } = context
  const networks = allowListsOf(input)
  if (Object.keys(networks).length > 0) refuseLockout(context, { ...account, ...networks }, input)
  if (input.requireSecondFactor && !account.requireSecondFactor) await refuseWithoutFactor(context)
  if (input.ownerId !== undefined) await refuseOwner(context, account, input.ownerId)
  await updateAccount(db, account.id, {
    ...(input.name === undefined ? {} : { name: input.name }),
    ...Object.fromEntries(Object.entries(networks).map(([name, texts]) => [name, JSON.stringify(texts)])),
    ...(input.supportAccessEnabled === undefined ? {} : { supportAccessEnabled: Number(input.supportAccessEnabled) }),
    ...(input.requireSecondFactor === undefined ? {} : { requireSecondFactor: Number(input.requireSecondFactor) }),
    ...(input.identityProviderId === undefined ? {} : { identityProviderId: input.identityProviderId }),
    ...(input.ownerId ? { ownerId: input.ownerId } : {}),
  })
  if (input.ownerId && input.ownerId !== account.ownerId) {
    await moveOwnerPolicy(db, account.id, input.ownerId)
  }
  return { audited: networks }
}

function allowListsOf(input: InputOf<typeof accounts>): AllowLists {
  const { lists, faults } = readAllowLists(input)
  if (faults.length > 0)
    throw new Refusal(
      'invalid-attribute',
      faults.map(({ name, index, detail }) => ({ detail, at: `/data/attributes/${kebab(name)}/${index}` })),
    )
  return lists
}

/**
 * Otherwise an administrator could lock out everyone, including themselves, with one mistyped network. Only in the console:
 * clients of Scalr's API set networks without their own (attributes.tsv, allowed-ips), and cannot confirm it.
 */
function refuseLockout(
  { actor, request: { address } }: Context,
  lists: Required<AllowLists>,
  { allowedIps, confirmLockoutFrom }: InputOf<typeof accounts>,
): void {
  if (!actor.session || !locksOut(lists, { address, confirmedAddress: confirmLockoutFrom })) return
  throw new Refusal('lockout', {
    detail: `These networks do not contain ${address}, the address of this request, so you would lose access. Add it, or confirm with confirm-lockout-from: "${address}".`,
    at: `/data/attributes/${allowedIps ? 'allowed-ips' : 'allowed-ipv6'}`,
  })
}

/** Service accounts have no sessions, so the rule does not concern them. */
async function refuseWithoutFactor({ db, actor }: Context): Promise<void> {
  if (actor.kind !== 'user' || (await hasSecondFactor(db, actor.id))) return
  throw new Refusal('invalid-attribute', {
    detail: 'Set up a passkey or one-time passwords for yourself first.',
    at: '/data/attributes/require-second-factor',
  })
}

async function refuseOwner(context: Context, account: AccountRecord, ownerId: string | null): Promise<void> {
  const at = '/data/relationships/owner'
  const grants = everythingIn(account.id)
  assertNoEscalation(context, { grants })
  if (ownerId === null) throw new Refusal('invalid-relationship', { detail: 'An account always has an owner.', at })
  if (!(await isActiveMember(context.db, account.id, ownerId))) {
    throw new Refusal('invalid-relationship', {
      detail: 'The owner must be an active user who belongs to the account.',
      at,
    })
  }
  if (ownerId !== account.ownerId) await assertMembersVouchedFor(context, account.id, [ownerId], grants)
}

export const ssoBypassUsers = memberOperations<AccountRecord>(ssoBypassMembers)
