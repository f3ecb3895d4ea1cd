/** Background work on the audit log: sealing, anchoring and retention. */
import type { Logger } from 'pino'
import type { World } from '../context.ts'
import type { Database } from '../database/database.ts'
import { anchorAuditLog, appendAnchor } from './anchor.ts'
import { deriveAuditKeys } from './audit-keys.ts'
import { keyAuditLog } from './key-audit-log.ts'
import { purgeAuditLog } from './purge.ts'
import { type Sealing, sealPending } from './seal.ts'

export interface AuditLog {
  /** The interval at which to call `anchor`. */
  readonly anchorMinutes: number
  /** Seals up to 20,000 unsealed rows. Returns their number. */
  seal(): Promise<number>
  anchor(): Promise<void>
  /** Seals new rows under these master keys. */
  reload(masterKeys: ReadonlyMap<number, Uint8Array>): Promise<void>
  /** Deletes rows older than the retention period, if there is one. */
  purge(): Promise<void>
}

export interface AuditLogSettings {
  /** Every anchor is also appended to this file. */
  readonly auditAnchorFile?: string | null
  readonly auditAnchorMinutes?: number
  /** Null keeps rows forever. */
  readonly auditRetentionDays?: number | null
}

interface AuditLogOptions extends AuditLogSettings {
  readonly database: Database
  readonly world: World
  readonly masterKeys: ReadonlyMap<number, Uint8Array>
  readonly logger: Logger
}

const anchorMinutesDefault = 5

/** Re-signs the log under the newest master key before it returns. */
export async function openAuditLog(options: AuditLogOptions): Promise<AuditLog> {
  const { database, world, logger, auditAnchorFile: file, auditRetentionDays: days } = options
  let keys = deriveAuditKeys(options.masterKeys)
  const sealing: Sealing = {
    get keys() {
      return keys
    },
    world,
    onAltered: (account) =>
      logger.error({ account }, 'an audit chain was altered outside of Mintmark: run mintmark audit verify'),
  }
  const { legacyRows } = await keyAuditLog(database, sealing)
  if (legacyRows !== null) logger.warn({ legacyRows }, 'the audit log is now sealed with a key')
  const anchor = anchorAuditLog(database, sealing, async (anchored) => {
    logger.info({ auditHead: anchored.head }, 'audit log head')
    if (file) await appendAnchor(file, anchored)
  })
  return {
    anchorMinutes: options.auditAnchorMinutes ?? anchorMinutesDefault,
    seal: () => sealPending(database, sealing),
    anchor: async () => void (await anchor()),
    reload: async (masterKeys) => {
      keys = deriveAuditKeys(masterKeys)
      await keyAuditLog(database, sealing)
    },
    purge: async () => {
      if (days) await purgeAuditLog(database, sealing, days)
    },
  }
}
