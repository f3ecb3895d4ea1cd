import { sql } from 'kysely'
import type { Db } from '../database/database.ts'

/** Updates an account's last sign-in attempt and the number of failed attempts since the last success. */
export async function addLoginAttempts(
  db: Db,
  accountId: string,
  at: string,
  failed: number,
  isReset: boolean,
): Promise<void> {
  await db
    .updateTable('accounts')
    .set({
      lastLoginAttemptAt: at,
      loginAttempts: isReset
        ? failed
        : sql<number>`case when coalesce(login_attempts, 0) > 1000000000 then login_attempts else coalesce(login_attempts, 0) + ${failed} end`,
    })
    .where('id', '=', accountId)
    .execute()
}
