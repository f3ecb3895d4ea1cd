import { type Context, Refusal } from '../../context.ts'
import { accountOfPool } from './agent-pool-store.ts'

export async function refuseForeignAgentPool(
  { db }: Context,
  accountId: string,
  poolId: string | null | undefined,
  relation: string,
): Promise<void> {
  if (poolId && (await accountOfPool(db, poolId)) !== accountId) {
    throw new Refusal('invalid-relationship', {
      detail: 'Expected an agent pool of this account.',
      at: `/data/relationships/${relation}`,
    })
  }
}
