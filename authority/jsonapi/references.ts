/** Checks that all objects that a document refers to exist and are visible to the caller. */
import { camel, resourceByType } from '@mintmark/contract'
import { Refusal } from '../context.ts'
import { echoed } from '../echo.ts'
import { type Access, type ResourceViews, visibleRecords } from './access.ts'
import type { Reference } from './body.ts'

export async function requireReferences(
  access: Access,
  views: ResourceViews,
  references: readonly Reference[],
): Promise<void> {
  for (const { name, relation, ids } of references) {
    const missing = await firstMissing(access, views, relation.to, ids)
    if (missing === undefined) continue
    const wire = name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)
    const what = relation.many ? `Relationship '${wire}'` : classFor(relation.to)
    const detail = `${what} with ID '${echoed(missing)}' not found or user unauthorized.`
    throw new Refusal('unknown-related', { detail, at: `/data/relationships/${wire}` })
  }
}

export async function requireMembers(
  access: Access,
  views: ResourceViews,
  type: string,
  ids: readonly string[],
): Promise<void> {
  const missing = await firstMissing(access, views, type, ids)
  if (missing !== undefined) {
    throw new Refusal('unknown-member', {
      detail: `${classFor(type)} with ID '${echoed(missing)}' not found or user unauthorized.`,
    })
  }
}

/** Error texts of relationships say Tag, although the resource is called AccountTag. */
const classFor = (type: string): string =>
  type === 'tags' ? 'Tag' : (resourceByType.get(type)?.className ?? camel(type))

async function firstMissing(
  access: Access,
  views: ResourceViews,
  type: string,
  ids: readonly string[],
): Promise<string | undefined> {
  // Callers may always refer to their own account: clients send it even if they cannot read it.
  if (type === 'accounts') return ids.find((id) => !access.accounts.includes(id))
  const view = views.get(type)
  if (!view) return ids[0]
  const found = new Set((await visibleRecords(access, view, ids)).map(({ id }) => id))
  return ids.find((id) => !found.has(id))
}
