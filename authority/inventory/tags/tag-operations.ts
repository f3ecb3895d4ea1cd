import type { CreateInputOf, InputOf, tags } from '@mintmark/contract'
import type { Context } from '../../context.ts'
import { newId } from '../../ids.ts'
import { refuseTaken } from '../../refuse-taken.ts'
import { chooseAccount } from '../../rights/choose-account.ts'
import { deleteTag, insertTag, isTagNameTaken, renameTag } from './tag-store.ts'
import type { TagRecord } from './tag-view.ts'

type TagInput = InputOf<typeof tags>

export async function createTag(context: Context, input: CreateInputOf<typeof tags>): Promise<{ id: string }> {
  const accountId = chooseAccount(context, input.accountId, 'tags:create')
  const name = input.name
  await refuseTaken(context, { what: 'A tag', isTaken: isTagNameTaken, within: { accountId }, name })
  const id = newId(context.world, 'tag')
  await insertTag(context.db, { id, accountId, name, createdAt: context.world.now().toISOString() })
  return { id }
}

export async function changeTag(context: Context, tag: TagRecord, input: TagInput): Promise<void> {
  const accountId = tag.accountId
  if (input.name !== undefined) {
    await refuseTaken(context, {
      what: 'A tag',
      isTaken: isTagNameTaken,
      within: { accountId },
      name: input.name,
      but: tag.id,
    })
    await renameTag(context.db, tag.id, input.name)
  }
}

export async function removeTag(context: Context, tag: TagRecord): Promise<void> {
  await deleteTag(context.db, tag.id)
}
