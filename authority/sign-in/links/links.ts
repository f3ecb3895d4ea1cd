/**
 * One-time links: how somebody comes in who has no passkey and no password yet. A link opens a session that can do nothing
 * but set one of the two; then the link is dead, and until then it can be opened again by who holds it. An invitation of
 * somebody who has a credential opens no session: they accept it in one of their own.
 */

import { limits } from '@mintmark/contract'
import { Secret } from '@mintmark/token'
import { type AuditContext, audit } from '../../audit/audit.ts'
import { type Context, Refusal, type World } from '../../context.ts'
import type { Db } from '../../database/database.ts'
import { newId } from '../../ids.ts'
import { type Maker, makerOf } from '../../rights/maker.ts'
import { hashOfSecret } from '../secret-hash.ts'
import { accountsNamed, findLiveLink, findOpenLink, type LinkRow, markLinkUsed, replaceLinks } from './link-store.ts'
import { isForExistingMember, isLinkUsable } from './usable-links.ts'

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
export async function createLink(context: AuditContext, wish: Wish): Promise<{ secret: Secret; expiresAt: string }> {
  const { db, world, actor } = context
  const text = Buffer.from(world.random(24)).toString('base64url')
  const expiresAt = new Date(world.now().getTime() + hours[wish.purpose] * 3_600_000).toISOString()
  await replaceLinks(db, {
    id: newId(world, 'link'),
    hash: hashOfSecret(text),
    ...wish,
    createdById: makerOf(actor).id,
    tokenId: makerOf(actor).tokenId,
    createdAt: world.now().toISOString(),
    expiresAt,
    usedAt: null,
  })
  await audit(context, {
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
  if (!link || !(await isLinkUsable(db, link))) throw invalidLink()
  return link
}

/** Again, in the transaction of what a session that was begun with a link is there for. */
export async function requireUsableLink({ db, world }: Pick<Context, 'db' | 'world'>, id: string): Promise<void> {
  const link = await findOpenLink(db, id, world.now().toISOString())
  if (!link || (await isForExistingMember(db, link)) || !(await isLinkUsable(db, link))) throw invalidLink()
}

export const invalidLink = () =>
  new Refusal('wrong-credentials', { detail: 'This link was used, has expired, or never was. Ask for a new one.' })

export const namesOfAccounts = (db: Db, ids: readonly string[]): Promise<{ id: string; name: string }[]> =>
  accountsNamed(db, ids)

/** Null for a link that was made at the machine. */
export const creatorOfLink = ({ createdById, tokenId }: LinkRow): Maker | null =>
  createdById === null ? null : { id: createdById, tokenId }

export async function redeemLink({ db, world }: Pick<Context, 'db' | 'world'>, id: string): Promise<LinkRow> {
  const now = world.now().toISOString()
  const link = await findOpenLink(db, id, now)
  if (link && (await markLinkUsed(db, id, now))) return link
  throw new Refusal('wrong-credentials', { detail: 'This link was used already. Ask for a new one.' })
}
