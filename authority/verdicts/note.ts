import type { Context } from '../context.ts'
import { type ChangeKind, noteChange } from '../database/changes.ts'

/** Says that a verdict may have changed; every node looks again. Called after the deed's own writes. */
export async function note(context: Context, kind: ChangeKind, key: string): Promise<void> {
  await noteChange(context.db, kind, key)
}
