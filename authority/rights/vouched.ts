import { type Context, Refusal } from '../context.ts'
import { makerHolds } from './maker.ts'
import { findReached, type Reached } from './voucher-store.ts'

export { vouchForAll } from './voucher-store.ts'

/**
 * Refuses rights for a service account while it has tokens or assume policies by somebody who does not hold those rights:
 * whoever made one may have kept it. Called after the policy was written, or with the role that is being widened.
 */
export async function refuseUnvouched(
  { db, world }: Context,
  by: { policy: string } | { role: string },
  permissions: readonly string[],
): Promise<void> {
  if (permissions.length === 0) return
  const reached = await findReached(db, by, world.now().toISOString())
  for (const each of reached) if (!(await holds(db, each, permissions))) throw unvouched(each)
}

async function holds(
  db: Context['db'],
  { vouchedById, vouchedTokenId, scope }: Reached,
  permissions: readonly string[],
) {
  if (vouchedById === null) return false
  return makerHolds(db, { id: vouchedById, tokenId: vouchedTokenId }, [{ scope, permissions }])
}

function unvouched({ serviceAccountId, example, credentials }: Reached): Refusal {
  const others = credentials > 1 ? ` and ${credentials - 1} more` : ''
  return new Refusal('conflict', {
    detail:
      `The service account ${serviceAccountId} has credentials by somebody who does not hold these rights: ${example}${others}. ` +
      `Revoke them, or confirm them with POST /service-accounts/${serviceAccountId}/actions/confirm-credentials.`,
  })
}
