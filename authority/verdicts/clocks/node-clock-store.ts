import type { Db } from '../../database/database.ts'
import type { Tables } from '../../database/schema/tables.ts'

export type NodeClock = Tables['nodeClocks']

/** Stores the clock of a node, removes those not observed since `oldest`, and returns the others. */
export async function exchangeClocks(db: Db, own: NodeClock, oldest: string): Promise<NodeClock[]> {
  await db
    .insertInto('nodeClocks')
    .values(own)
    .onConflict((conflict) => conflict.column('id').doUpdateSet(own))
    .execute()
  await db.deleteFrom('nodeClocks').where('observedAt', '<', oldest).execute()
  return db.selectFrom('nodeClocks').selectAll().where('id', '<>', own.id).execute()
}
