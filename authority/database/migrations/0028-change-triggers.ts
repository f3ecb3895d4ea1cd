/**
 * Every write that can change a verdict publishes its change. A later change of `watchedTables` takes a migration of its own
 * that installs all triggers again; this one is then made empty, so that no statement names a table that does not exist yet.
 */
import { changeTriggers } from '../feed/change-triggers.ts'
import { watchedTables } from '../feed/watched-tables.ts'

export const installChangeTriggers = changeTriggers(watchedTables)
