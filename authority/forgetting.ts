/** What is kept for a while only, so that tables do not grow for ever. Each piece is short: nothing waits long for it. */
import { forgetDeadTokens } from './access-tokens/forget-dead.ts'
import type { World } from './context.ts'
import { forgetChanges } from './database/changes.ts'
import type { Database } from './database/database.ts'
import { forgetOldNotices } from './notices/forget-notices.ts'
import { forgetUsedIdTokens } from './workload-identity-providers/forget-id-tokens.ts'

export async function forgetOld(database: Database, world: World): Promise<void> {
  for (const forget of [forgetDeadTokens, forgetOldNotices, forgetUsedIdTokens])
    while (await database.bare((db) => forget(db, world)));
  while (await database.bare((db) => forgetChanges(db)));
}
