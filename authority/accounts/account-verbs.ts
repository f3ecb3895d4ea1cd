import type { accounts, Wish } from '@mintmark/contract'
import { parseNetwork } from '../addresses/ip-address.ts'
import { memberVerbs } from '../audit-events/member-verbs.ts'
import { record } from '../audit-events/record.ts'
import { type Context, Refusal } from '../context.ts'
import type { Stored } from '../database/shelf.ts'
import { refuseRaise } from '../rights/raise.ts'
import { note } from '../verdicts/note.ts'
import { isActiveMember, moveOwnerPolicy, updateAccount } from './account-store.ts'

export async function changeAccount(context: Context, account: Stored, wish: Wish<typeof accounts>): Promise<void> {
  const { db } = context
  const allowedIps = wish.allowedIps && readNetworks(wish.allowedIps)
  if (wish.ownerId !== undefined) await refuseOwner(context, account, wish.ownerId)
  await updateAccount(db, account.id, {
    ...(allowedIps ? { allowedIps: JSON.stringify(allowedIps) } : {}),
    ...(wish.supportAccessEnabled === undefined ? {} : { supportAccessEnabled: Number(wish.supportAccessEnabled) }),
    ...(wish.identityProviderId === undefined ? {} : { identityProviderId: wish.identityProviderId }),
    ...(wish.ownerId ? { ownerId: wish.ownerId } : {}),
  })
  if (wish.ownerId && wish.ownerId !== account.ownerId) {
    await moveOwnerPolicy(db, account.id, wish.ownerId)
    await note(context, 'rights', account.id)
  }
  const after = { ...wish, ...(allowedIps ? { allowedIps } : {}) }
  await record(context, {
    action: 'accounts.updated',
    accountId: account.id,
    subjectType: 'accounts',
    subjectId: account.id,
    before: account,
    after,
  })
  if (allowedIps) await note(context, 'account', account.id)
}

/** A plain address comes back as a network of one (attributes.tsv, allowed-ips). */
function readNetworks(texts: readonly string[]): string[] {
  const faults = texts.flatMap((text, index) =>
    parseNetwork(text)?.bytes.length === 4
      ? []
      : [{ detail: 'value is not a valid IPv4 network', at: `/data/attributes/allowed-ips/${index}` }],
  )
  if (faults.length > 0) throw new Refusal('invalid-attribute', faults)
  return texts.map((text) => (text.includes('/') ? text : `${text}/32`))
}

async function refuseOwner(context: Context, account: Stored, ownerId: string | null): Promise<void> {
  const at = '/data/relationships/owner'
  refuseRaise(context, { grants: [{ scope: { account: account.id }, permissions: ['*:*'] }] })
  if (ownerId === null) throw new Refusal('invalid-relationship', { detail: 'An account always has an owner.', at })
  if (!(await isActiveMember(context.db, account.id, ownerId))) {
    throw new Refusal('invalid-relationship', {
      detail: 'The owner must be an active person who belongs to the account.',
      at,
    })
  }
}

export const ssoBypassUsers = memberVerbs({
  type: 'accounts',
  relation: 'ssoBypassUsers',
  table: 'sso_bypass_users',
  owner: 'account_id',
  member: 'user_id',
})
