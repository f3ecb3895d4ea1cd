/**
 * Audits the writes that `mount` performs. The content of an event follows from the declaration, the input and the
 * record.
 */
import { type Attributes, idOf, type Operation, type Resource } from '@mintmark/contract'
import { type AuditDetails, type AuditedChange, audit } from '../audit/audit.ts'
import type { Context } from '../context.ts'
import type { AnyRecord } from '../database/views/record-of.ts'
import type { ServedResource } from './served-resource.ts'

export interface PerformedWrite {
  /** The record as it was before an update, deletion or action, or as it is after a creation. */
  readonly record: AnyRecord
  readonly input: Readonly<Record<string, unknown>>
  readonly details: AuditDetails
}

/** Writes the audit event. Throws if a handler that must write its own events wrote none. */
export async function auditWrite(
  context: Context,
  { resource, auditAccountsOf = accountOf }: ServedResource,
  operation: Operation,
  write: PerformedWrite,
): Promise<void> {
  if (operation.audited === 'by-handler') {
    if (context.auditedEvents.rows === 0) throw new Error(`${operation.id} wrote no audit event`)
    return
  }
  if (operation.audited === undefined) throw new Error(`${operation.id} declares no audit event`)
  const { record } = write
  await audit(context, {
    action: `${resource.auditName ?? resource.type}.${operation.audited}`,
    accountId: await auditAccountsOf(context, record),
    subjectType: resource.type,
    subjectId: record.id,
    ownerId: ownerOf(record),
    ...changeOf(operation, write),
  })
}

/** The owner of a token, or the subject of a policy. */
const ownerOf = ({ ownerId, userId, teamId, serviceAccountId }: AnyRecord): string | null =>
  (ownerId ?? userId ?? teamId ?? serviceAccountId ?? null) as string | null

const accountOf = (_context: Context, { accountId }: AnyRecord): string | null => (accountId ?? null) as string | null

function changeOf(operation: Operation, write: PerformedWrite): Pick<AuditedChange, 'before' | 'after'> {
  const { resource, kind } = operation
  const { record, input, details } = write
  if (kind === 'remove') return { before: definition(resource, record) }
  if (kind === 'create') return { after: { ...auditable(resource.attributes, input), ...details.audited } }
  if (kind === 'update')
    return { before: record, after: { ...auditable(resource.attributes, input), ...details.audited } }
  const after = details.audited ?? auditable(operation.body ?? {}, input)
  const names = Object.keys(after)
  if (names.length === 0) return {}
  return { before: kind === 'action' && names.some((name) => Object.hasOwn(record, name)) ? record : null, after }
}

/** Returns the input, with `passwordChanged: true` instead of a secret `password`. */
function auditable(attributes: Attributes, input: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(input).map(([name, value]) =>
      attributes[name]?.holdsSecret ? [`${name}Changed`, true] : [name, value],
    ),
  )
}

/** Returns what clients can set: enough to create the record again, without secrets and nulls. */
function definition({ attributes, relations }: Resource, record: AnyRecord): Record<string, unknown> {
  const names = [
    ...Object.keys(attributes).filter((name) => {
      const { writable, holdsSecret, writeOnly } = attributes[name] as Attributes[string]
      return writable !== 'never' && !holdsSecret && !writeOnly
    }),
    ...Object.entries(relations)
      .filter(([, { writable, writeOnly }]) => writable !== 'never' && !writeOnly)
      .map(([name, { many }]) => (many ? name : idOf(name))),
  ]
  return Object.fromEntries(
    names.map((name) => [name, record[name]]).filter(([, value]) => value !== null && value !== undefined),
  )
}
