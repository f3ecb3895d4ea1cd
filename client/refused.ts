/** The server refused the request. The error never contains the token, even if the response does. */
export class Refused extends Error {
  override name = 'Refused'
  readonly status: number
  /** A code of `contract/refusals.ts`, or `unknown` if the response is not from Mintmark. */
  readonly code: string
  readonly title: string
  readonly detail: string | null
  readonly pointer: string | null
  /** All errors. The members above describe the first one. */
  readonly faults: readonly Fault[]
  readonly retryAfterSeconds: number | null
  readonly requestId: string | null

  constructor(response: RefusalResponse) {
    const faults = faultsIn(response)
    const [first] = faults as [Fault]
    super(faults.map(({ title, detail }) => detail ?? title).join(' '))
    this.status = response.status
    this.code = first.code
    this.title = first.title
    this.detail = first.detail
    this.pointer = first.pointer
    this.faults = faults
    this.retryAfterSeconds = secondsIn(response.header('retry-after'))
    this.requestId = response.header('x-request-id')
  }
}

export interface Fault {
  readonly code: string
  readonly title: string
  readonly detail: string | null
  readonly pointer: string | null
}

interface RefusalResponse {
  readonly status: number
  readonly body: unknown
  /** The token is removed, as in `body`. */
  header(name: string): string | null
}

const faultsMax = 20

function faultsIn({ status, body }: RefusalResponse): Fault[] {
  const errors = (body as { errors?: unknown } | null)?.errors
  const declared = Array.isArray(errors) ? errors.slice(0, faultsMax).filter(isObject) : []
  const { error } = (body as { error?: unknown } | null) ?? {}
  // RFC 6749 section 5.2.
  if (declared.length === 0 && typeof error === 'string')
    return [{ code: error, title: error.replaceAll('_', ' '), detail: null, pointer: null }]
  if (declared.length === 0) return [{ code: 'unknown', title: `HTTP status ${status}`, detail: null, pointer: null }]
  return declared.map((error) => ({
    code: textIn(error, 'code') ?? 'unknown',
    title: textIn(error, 'title') ?? `HTTP status ${status}`,
    detail: textIn(error, 'detail'),
    pointer: isObject(error['source'])
      ? (textIn(error['source'], 'pointer') ?? textIn(error['source'], 'parameter'))
      : null,
  }))
}

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null

function textIn(object: Record<string, unknown>, name: string): string | null {
  const value = object[name]
  return typeof value === 'string' && value !== '' ? value : null
}

const secondsIn = (header: string | null) => (header !== null && /^\d{1,6}$/.test(header) ? Number(header) : null)
