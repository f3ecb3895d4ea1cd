/** Conflicts between variables with the same key. */
import { coversScope, type ScopePath } from '@mintmark/token'
import { type Context, Refusal } from '../../context.ts'
import { variablesOfKey } from './variable-store.ts'

interface ScopedVariable {
  readonly id?: string
  readonly key: string
  readonly category: string
  readonly final: boolean
  readonly path: ScopePath
}

/** Allows one variable per key and kind in a scope. A final variable overrides narrower ones only with `force=true`. */
export async function refuseOverlap(
  { db, request }: Context,
  { id, key, category, final, path }: ScopedVariable,
): Promise<void> {
  const forced = request.query.get('force') === 'true'
  for (const other of await variablesOfKey(db, path.account, key)) {
    if (other.id === id || kindOf(other.category) !== kindOf(category)) continue
    const scope = { account: path.account, environment: other.environmentId, workspace: other.workspaceId }
    const above = coversScope(scope, path)
    const below = coversScope(path, scope)
    if (above && below) throw invalidAttribute('key', 'A variable with this key already exists in this scope.')
    if (above && other.final === 1)
      throw invalidAttribute('key', 'A final variable with this key exists in a wider scope.')
    if (below && final && !forced)
      throw invalidAttribute('final', 'Narrower scopes have variables with this key. Set force=true to override them.')
  }
}

/** `env` is an older name of `shell`. */
const kindOf = (category: string) => (category === 'env' ? 'shell' : category)

const invalidAttribute = (name: string, detail: string) =>
  new Refusal('invalid-attribute', { detail, at: `/data/attributes/${name}` })
