/**
 * One-time links: how somebody comes in who has no passkey and no password yet. A link opens a session that can do nothing
 * but set one of the two; then the link is dead, and until then it can be opened again by who holds it.
 */

import { limits } from '@mintmark/contract'
import { Secret } from '@mintmark/token'
import { record, type Telling } from '../audit-events/record.ts'
import { type Context, Refusal, type World } from '../context.ts'
import type { Db } from '../database/database.ts'
import { newId } from '../ids.ts'
import { accountsNamed, findLiveLink, type LinkRow, markLinkUsed, replaceLinks } from './link-store.ts'
import { hashOfSecret } from './secret-hash.ts'

export type LinkPurpose = 'owner' | 'invitation' | 'recovery'

const hours: Record<LinkPurpose, number> = {
  owner: limits.ownerLinkHours,
  invitation: limits.invitationHours,
  recovery: limits.recoveryLinkHours,
}

interface Wish {
  readonly purpose: LinkPurpose
  readonly userId: string
  readonly accountId: string | null
}

/** The secret leaves in this answer and is kept nowhere. */
export async function makeLink(context: Telling, wish: Wish): Promise<{ secret: Secret; expiresAt: string }> {
  const { db, world, actor } = context
  const text = Buffer.from(world.random(24)).toString('base64url')
  const expiresAt = new Date(world.now().getTime() + hours[wish.purpose] * 3_600_000).toISOString()
  await replaceLinks(db, {
    id: newId(world, 'link'),
    hash: hashOfSecret(text),
    ...wish,
    createdById: actor.id || null,
    createdAt: world.now().toISOString(),
    expiresAt,
    usedAt: null,
  })
  await record(context, {
    action: 'one-time-links.created',
    accountId: wish.accountId,
    subjectType: 'users',
    subjectId: wish.userId,
    after: { purpose: wish.purpose, expiresAt },
  })
  return { secret: new Secret(text), expiresAt }
}

export async function findLink(db: Db, world: World, secret: string): Promise<LinkRow> {
  const link = await findLiveLink(db, hashOfSecret(secret), world.now().toISOString())
  if (!link) throw deadLink()
  return link
}

export const deadLink = () =>
  new Refusal('wrong-credentials', { detail: 'This link was used, has expired, or never was. Ask for a new one.' })

export const namesOfAccounts = (db: Db, ids: readonly string[]): Promise<{ id: string; name: string }[]> =>
  accountsNamed(db, ids)

export async function useLinkUp({ db, world }: Pick<Context, 'db' | 'world'>, id: string): Promise<void> {
  if (await markLinkUsed(db, id, world.now().toISOString())) return
  throw new Refusal('wrong-credentials', { detail: 'This link was used already. Ask for a new one.' })
}
