import { type Context, Refusal } from '../context.ts'
import { type VoucherCheck, voucherCheck } from './creator.ts'
import { assertHoldersVouchedFor } from './vouched-members.ts'
import {
  findCredential,
  findReachedServiceAccounts,
  findVouchers,
  type ReachedServiceAccount,
} from './voucher-store.ts'

export { confirmAll } from './voucher-store.ts'

/**
 * Refuses to grant rights to a service account that has tokens or assume policies of a creator without these rights, who may
 * have kept one; likewise for members, by who admitted them. Call after the policy was written, or with the role that is
 * being extended.
 */
export async function assertVouchedFor(
  context: Context,
  by: { policy: string } | { role: string },
  permissions: readonly string[],
): Promise<void> {
  const { db, world } = context
  if (permissions.length === 0) return
  await assertHoldersVouchedFor(context, by, permissions)
  const now = world.now().toISOString()
  const holds = voucherCheck(db, permissions)
  for (const reached of await findReachedServiceAccounts(db, by)) {
    const credential = await firstUnvouched(db, reached, holds, now)
    if (credential !== undefined) throw unvouched(reached.serviceAccountId, credential)
  }
}

async function firstUnvouched(
  db: Context['db'],
  { serviceAccountId, scope, confirmer, confirmedAt }: ReachedServiceAccount,
  holds: VoucherCheck,
  now: string,
): Promise<string | undefined> {
  const isConfirmed = confirmedAt !== null && (await holds(confirmer, scope))
  for (const voucher of await findVouchers(db, serviceAccountId)) {
    if (await holds(voucher, scope)) continue
    const credential = await findCredential(db, serviceAccountId, voucher, {
      now,
      since: isConfirmed ? confirmedAt : null,
    })
    if (credential !== undefined) return credential
  }
  return undefined
}

const unvouched = (serviceAccountId: string, credential: string) =>
  new Refusal('conflict', {
    detail:
      `Service account ${serviceAccountId} has credentials created by a caller without these rights, such as ${credential}. ` +
      `Revoke them, or confirm them with POST /service-accounts/${serviceAccountId}/actions/confirm-credentials.`,
  })
