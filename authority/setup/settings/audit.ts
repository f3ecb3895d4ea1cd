/** Settings of the audit log. */
import { resolve } from 'node:path'
import { readInteger } from './plain-values.ts'
import type { ReadValue } from './setting-source.ts'

export interface AuditSettings {
  /** Anchors are appended to this file as well as to the log; null: to the log only. */
  readonly auditAnchorFile: string | null
  readonly auditAnchorMinutes: number
  /** Days after which audit events are purged; null: never. */
  readonly auditRetentionDays: number | null
}

export function readAuditSettings(value: ReadValue): AuditSettings {
  const file = value('auditAnchorFile')
  return {
    auditAnchorFile: file === undefined ? null : resolve(file),
    auditAnchorMinutes: readInteger(value, 'auditAnchorMinutes'),
    auditRetentionDays: readInteger(value, 'auditRetention') ?? null,
  }
}
