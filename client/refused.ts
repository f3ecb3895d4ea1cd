/** The server said no. One error for every refusal; no part of it holds the token, whatever the server wrote. */
export class Refused extends Error {
  override name = 'Refused'
  readonly status: number
  /** A code of `contract/refusals.ts`; `unknown` when something else than Mintmark answered. */
  readonly code: string
  readonly title: string
  readonly detail: string | null
  readonly pointer: string | null
  /** Everything that was wrong; the members above tell of the first. */
  readonly faults: readonly Fault[]
  readonly retryAfterSeconds: number | null
  readonly requestId: string | null

  constructor(answer: RefusalAnswer) {
    const faults = faultsIn(answer)
    const [first] = faults as [Fault]
    super(faults.map(({ title, detail }) => detail ?? title).join(' '))
    this.status = answer.status
    this.code = first.code
    this.title = first.title
    this.detail = first.detail
    this.pointer = first.pointer
    this.faults = faults
    this.retryAfterSeconds = secondsIn(answer.header('retry-after'))
    this.requestId = answer.header('x-request-id')
  }
}

export interface Fault {
  readonly code: string
  readonly title: string
  readonly detail: string | null
  readonly pointer: string | null
}

interface RefusalAnswer {
  readonly status: number
  readonly body: unknown
  /** Cleaned of the token, as `body` is. */
  header(name: string): string | null
}

const faultsMax = 20

function faultsIn({ status, body }: RefusalAnswer): Fault[] {
  const errors = (body as { errors?: unknown } | null)?.errors
  const told = Array.isArray(errors) ? errors.slice(0, faultsMax).filter(isObject) : []
  const { error } = (body as { error?: unknown } | null) ?? {}
  // RFC 6749 section 5.2.
  if (told.length === 0 && typeof error === 'string')
    return [{ code: error, title: error.replaceAll('_', ' '), detail: null, pointer: null }]
  if (told.length === 0) return [{ code: 'unknown', title: `HTTP status ${status}`, detail: null, pointer: null }]
  return told.map((error) => ({
    code: textIn(error, 'code') ?? 'unknown',
    title: textIn(error, 'title') ?? `HTTP status ${status}`,
    detail: textIn(error, 'detail'),
    pointer: isObject(error.source) ? (textIn(error.source, 'pointer') ?? textIn(error.source, 'parameter')) : null,
  }))
}

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null

function textIn(object: Record<string, unknown>, name: string): string | null {
  const value = object[name]
  return typeof value === 'string' && value !== '' ? value : null
}

const secondsIn = (header: string | null) => (header !== null && /^\d{1,6}$/.test(header) ? Number(header) : null)
