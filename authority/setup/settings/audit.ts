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
  const days = value('auditRetention')
  return {
    auditAnchorFile: file === undefined ? null : resolve(file),
    auditAnchorMinutes: readInteger('--audit-anchor-minutes', value('auditAnchorMinutes') ?? '5', 1, 1_440),
    auditRetentionDays: days === undefined ? null : readInteger('--audit-retention', days, 1, 36_500),
  }
}
