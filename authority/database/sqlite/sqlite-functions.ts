import type { DatabaseSync } from 'node:sqlite'
import { matches, matchFunction } from '../fold.ts'

/** Throws if the statement should stop. `node:sqlite` cannot interrupt statements. */
export const continueFunction = 'mintmark_continue'

/** Adds the functions that statements use. SQLite itself folds ASCII letters only. */
export function addFunctions(connection: DatabaseSync, isStopped: () => boolean = () => false): void {
  connection.function(matchFunction, { deterministic: true }, matches)
  connection.function(continueFunction, () => {
    if (isStopped()) throw new Error('The statement was stopped.')
    return 1
  })
}
