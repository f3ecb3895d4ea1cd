/**
 * Sign-in links for people who have no passkey or password yet. A link starts a session that can only set a passkey or a
 * password. Setting one invalidates the link; until then it can be opened again. A person who already has a credential accepts
 * an invitation in a session of their own instead.
 */

import { limits } from '@mintmark/contract'
import { Secret } from '@mintmark/token'
import { type AuditContext, audit } from '../../audit/audit.ts'
import { type Context, Refusal, type World } from '../../context.ts'
import type { Db } from '../../database/database.ts'
import { newId } from '../../ids.ts'
import { type Creator, creatorOf } from '../../rights/creator.ts'
import { hashOfSecret } from '../secret-hash.ts'
import { findLiveLink, findOpenLink, type LinkRow, markLinkUsed, replaceLinks } from './link-store.ts'
import { isForExistingMember, isLinkUsable } from './usable-links.ts'

const hours: Record<LinkRow['purpose'], number> = {
  owner: limits.ownerLinkHours,
  invitation: limits.invitationHours,
  recovery: limits.recoveryLinkHours,
}

interface LinkInput {
  readonly purpose: LinkRow['purpose']
  readonly userId: string
  readonly accountId: string | null
}

/** Returns the secret, which is not stored. */
export async function createLink(
  context: AuditContext,
  input: LinkInput,
): Promise<{ secret: Secret; expiresAt: string }> {
  const { db, world, actor } = context
  const text = Buffer.from(world.random(24)).toString('base64url')
  const expiresAt = new Date(world.now().getTime() + hours[input.purpose] * 3_600_000).toISOString()
  await replaceLinks(db, {
    id: newId(world, 'link'),
    hash: hashOfSecret(text),
    ...input,
    createdById: creatorOf(actor).id,
    tokenId: creatorOf(actor).tokenId,
    createdAt: world.now().toISOString(),
    expiresAt,
    usedAt: null,
  })
  await audit(context, {
    action: 'one-time-links.created',
    accountId: input.accountId,
    subjectType: 'users',
    subjectId: input.userId,
    after: { purpose: input.purpose, expiresAt },
  })
  return { secret: new Secret(text), expiresAt }
}

export async function findLink(db: Db, world: World, secret: string): Promise<LinkRow> {
  const link = await findLiveLink(db, hashOfSecret(secret), world.now().toISOString())
  if (!link || !(await isLinkUsable(db, link))) throw invalidLink()
  return link
}

/** Checks the link of a session again, in the transaction that sets the credential. */
export async function requireUsableLink({ db, world }: Pick<Context, 'db' | 'world'>, id: string): Promise<void> {
  const link = await findOpenLink(db, id, world.now().toISOString())
  if (!link || (await isForExistingMember(db, link)) || !(await isLinkUsable(db, link))) throw invalidLink()
}

export const invalidLink = () =>
  new Refusal('wrong-credentials', { detail: 'This link is invalid, expired, or was already used. Ask for a new one.' })

/** Returns null for a link that an operator created with `mintmark sign-in-link`. */
export const creatorOfLink = ({ createdById, tokenId }: LinkRow): Creator | null =>
  createdById === null ? null : { id: createdById, tokenId }

export async function redeemLink({ db, world }: Pick<Context, 'db' | 'world'>, id: string): Promise<LinkRow> {
  const now = world.now().toISOString()
  const link = await findOpenLink(db, id, now)
  if (!link || !(await markLinkUsed(db, id, now))) throw invalidLink()
  return link
}
