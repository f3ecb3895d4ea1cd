import type { Context } from '../context.ts'
import { type ChangeKind, noteChange, noteChanges } from '../database/changes.ts'

/** Says that a verdict may have changed; every node looks again. Called after the deed's own writes. */
export async function note(context: Pick<Context, 'db'>, kind: ChangeKind, key: string): Promise<void> {
  await noteChange(context.db, kind, key)
}

export async function noteAll({ db }: Pick<Context, 'db'>, kind: ChangeKind, keys: readonly string[]): Promise<void> {
  await noteChanges(db, kind, keys)
}
