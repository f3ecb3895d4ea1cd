import type { InputOf, tags } from '@mintmark/contract'
import { audit } from '../../audit/audit.ts'
import type { Context } from '../../context.ts'
import type { StoredRecord } from '../../database/resource-view.ts'
import { newId } from '../../ids.ts'
import { refuseTaken } from '../../refuse-taken.ts'
import { chooseAccount } from '../../rights/choose-account.ts'
import { deleteTag, insertTag, renameTag } from './tag-store.ts'

type TagWish = InputOf<typeof tags>

export async function createTag(context: Context, wish: TagWish): Promise<{ id: string }> {
  const accountId = chooseAccount(context, wish.accountId, 'tags:create')
  const name = wish.name as string
  await refuseTaken(context, { what: 'A tag', table: 'tags', within: { account_id: accountId }, name })
  const id = newId(context.world, 'tag')
  await insertTag(context.db, { id, accountId, name, createdAt: context.world.now().toISOString() })
  await audit(context, { action: 'tags.created', accountId, subjectType: 'tags', subjectId: id, after: { name } })
  return { id }
}

export async function changeTag(context: Context, tag: StoredRecord, wish: TagWish): Promise<void> {
  const accountId = tag.accountId as string
  if (wish.name !== undefined) {
    await refuseTaken(context, {
      what: 'A tag',
      table: 'tags',
      within: { account_id: accountId },
      name: wish.name,
      but: tag.id,
    })
    await renameTag(context.db, tag.id, wish.name)
  }
  await audit(context, {
    action: 'tags.updated',
    accountId,
    subjectType: 'tags',
    subjectId: tag.id,
    before: tag,
    after: { ...wish },
  })
}

export async function removeTag(context: Context, tag: StoredRecord): Promise<void> {
  await deleteTag(context.db, tag.id)
  await audit(context, {
    action: 'tags.deleted',
    accountId: tag.accountId as string,
    subjectType: 'tags',
    subjectId: tag.id,
    before: { name: tag.name },
  })
}
