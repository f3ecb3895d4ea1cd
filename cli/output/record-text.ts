import type { Found } from '@mintmark/client'
import type { Resource } from '@mintmark/contract'
import { textOf, titleOf } from './fields.ts'
import { labelled } from './table.ts'

type Line = readonly [string, string | undefined]

/** The attributes and relations of a record, one per line. Values that are only shown once say so. */
export function recordText(resource: Resource, record: Found, more: readonly Line[] = []): string {
  const names = [...Object.keys(resource.attributes), ...Object.keys(resource.relations)]
  const lines = names.flatMap((name): Line[] => {
    const text = textOf(resource, record, name)
    const isOnce = resource.attributes[name]?.shownOnce === true && text !== undefined
    return [[titleOf(name), text], ...(isOnce ? [['', "Save it now; it won't be shown again."] as const] : [])]
  })
  return labelled([['ID', record.id], ...lines, ...more])
}
