import type { Db } from '../../database/database.ts'

export interface Lock {
  readonly lockedAt: string | null
  readonly lockReason: string | null
  readonly lockedById: string | null
}

export async function setLock(db: Db, table: 'environments' | 'workspaces', id: string, lock: Lock): Promise<void> {
  await db.updateTable(table).set(lock).where('id', '=', id).execute()
}
