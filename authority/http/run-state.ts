/** State that changes while the server runs, by a signal or a file change. Every request reads it. */
import type { AccessLog } from '../setup/settings/plain-values.ts'

export interface RunState {
  /** The server is shutting down: `/readyz` returns 503 and every response closes its connection. */
  isDraining: boolean
  accessLog: AccessLog
}

export const newRunState = (accessLog: AccessLog = 'all'): RunState => ({ isDraining: false, accessLog })
