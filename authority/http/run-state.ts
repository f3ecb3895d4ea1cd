/** What can change while the server runs, by a signal or by what happens to its files. Read by every request. */
import type { AccessLog } from '../setup/settings/plain-values.ts'

export interface RunState {
  /** The server is going away: `/readyz` says 503 and every response closes its connection. */
  isDraining: boolean
  accessLog: AccessLog
}

export const newRunState = (accessLog: AccessLog = 'all'): RunState => ({ isDraining: false, accessLog })
