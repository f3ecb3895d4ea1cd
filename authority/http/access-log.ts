/** Logs a line per request, depending on the setting. */
import type { Logger } from 'pino'
import type { RunState } from './run-state.ts'

export interface ServedRequest {
  readonly id: string
  readonly method: string
  readonly url: string
  readonly status: number
  readonly milliseconds: number
  /** The calling token. */
  readonly tokenId: string | undefined
}

export function logRequest(logger: Logger, { accessLog }: RunState, request: ServedRequest): void {
  const { id, method, url, status, milliseconds, tokenId } = request
  if (accessLog === 'off' || (accessLog === 'errors' && status < 400)) return
  logger.info({ id, method, path: pathForLog(url), status, ms: Math.round(milliseconds), token: tokenId }, 'request')
}

/** Omits the query and replaces tokens that were pasted as an ID: every token starts with `eyJ`. */
const pathForLog = (url: string) =>
  url
    .split('?')[0]
    ?.replace(/eyJ[^/]*/g, '[token]')
    .slice(0, 200)
