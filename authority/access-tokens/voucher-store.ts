import type { Db } from '../database/database.ts'
import type { Tables } from '../database/tables.ts'

export type Voucher = Pick<Tables['accessTokens'], 'vouchedById' | 'vouchedTokenId'>

export async function findVoucher(db: Db, tokenId: string): Promise<Voucher> {
  const row = await db
    .selectFrom('accessTokens')
    .select(['vouchedById', 'vouchedTokenId'])
    .where('id', '=', tokenId)
    .executeTakeFirst()
  return row ?? { vouchedById: null, vouchedTokenId: null }
}

/** A session has the voucher of the assume policy it came by. */
export async function vouchByPolicy(db: Db, tokenId: string, policyId: string): Promise<void> {
  const policy = (column: 'vouchedById' | 'vouchedTokenId') =>
    db.selectFrom('assumePolicies').select(column).where('id', '=', policyId)
  await db
    .updateTable('accessTokens')
    .set({ vouchedById: policy('vouchedById'), vouchedTokenId: policy('vouchedTokenId') })
    .where('id', '=', tokenId)
    .execute()
}
