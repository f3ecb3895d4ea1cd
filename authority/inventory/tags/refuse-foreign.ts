import { type Context, Refusal } from '../../context.ts'
import { tagsOfAccount } from './tag-store.ts'

/** Refuses tags of other accounts. */
export async function refuseForeignTags({ db }: Context, accountId: string, tags: readonly string[]): Promise<void> {
  if ((await tagsOfAccount(db, accountId, tags)) !== tags.length) {
    throw new Refusal('invalid-relationship', {
      detail: 'Expected tags of this account.',
      at: '/data/relationships/tags',
    })
  }
}
