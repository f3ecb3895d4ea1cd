import type { Db } from '../database/database.ts'
import type { Voucher } from '../rights/creator.ts'

export async function findVoucher(db: Db, tokenId: string): Promise<Voucher> {
  const row = await db
    .selectFrom('accessTokens')
    .select(['vouchedById', 'vouchedTokenId'])
    .where('id', '=', tokenId)
    .executeTakeFirst()
  return row ?? { vouchedById: null, vouchedTokenId: null }
}

export async function findVoucherOfPolicy(db: Db, assumePolicyId: string): Promise<Voucher> {
  return db
    .selectFrom('assumePolicies')
    .select(['vouchedById', 'vouchedTokenId'])
    .where('id', '=', assumePolicyId)
    .executeTakeFirstOrThrow()
}
