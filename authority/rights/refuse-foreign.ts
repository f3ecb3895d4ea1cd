import { type Context, Refusal } from '../context.ts'
import { scopePaths } from './rights-view.ts'

/** Refuses scopes of other accounts. */
export async function refuseForeignScopes(
  { db }: Context,
  accountId: string,
  ids: readonly string[],
  relation: string,
): Promise<void> {
  const paths = await scopePaths(db, ids)
  if (paths.some(({ account }) => account !== accountId)) {
    throw new Refusal('invalid-relationship', {
      detail: 'Expected members of the same account.',
      at: `/data/relationships/${relation}`,
    })
  }
}
