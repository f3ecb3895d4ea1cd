/** Validates responses against the OpenAPI document. */
import { openApi } from '@mintmark/contract'
import { Ajv, type ValidateFunction } from 'ajv'

const methods = ['get', 'post', 'patch', 'delete'] as const

interface Described {
  readonly id: string
  readonly method: string
  readonly path: RegExp
  readonly template: string
  readonly literals: number
}

export interface AnswerCheck {
  /** Throws if a response does not match the document. Returns the id of the operation. */
  check(
    method: string,
    path: string,
    answer: { status: number; text: string; headers: Readonly<Record<string, unknown>> },
  ): string
}

export function answerCheck(): AnswerCheck {
  const document = openApi()
  const ajv = new Ajv({
    strict: false,
    allErrors: true,
    formats: { 'date-time': /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?Z$/ },
  })
  ajv.addSchema(document, 'openapi')
  const described: Described[] = Object.entries(document.paths).flatMap(([template, item]) =>
    methods.flatMap((method) => {
      const operation = item[method]
      const path = new RegExp(`^${template.replace(/[.*]/g, '\\$&').replace(/\{\w+\}/g, '[^/]+')}$`)
      const literals = template.replace(/\{\w+\}/g, '').length
      return operation ? [{ id: operation['operationId'] as string, method, path, template, literals }] : []
    }),
  )
  const compiled = new Map<string, ValidateFunction | undefined>()
  const validatorOf = ({ template, method }: Described, status: number) => {
    const key = `${method} ${template} ${status}`
    if (!compiled.has(key)) compiled.set(key, compile(template, method, status))
    return compiled.get(key)
  }
  const compile = (template: string, method: string, status: number) => {
    const operation = (document.paths[template] as never)[method] as {
      responses: Record<string, { $ref?: string; content?: object }>
    }
    const answer = operation.responses[status] ?? (status >= 400 ? operation.responses['default'] : undefined)
    if (!answer) throw new Error(`${method} ${template} answered ${status}, which the document does not list`)
    if (status === 204) return undefined
    if (answer.$ref) return ajv.compile({ $ref: 'openapi#/components/schemas/Errors' })
    const [type = ''] = Object.keys(answer.content ?? {})
    const pointer = ['paths', template, method, 'responses', String(status), 'content', type, 'schema']
    return ajv.compile({
      $ref: `openapi#/${pointer.map((part) => encodeURIComponent(part.replaceAll('~', '~0').replaceAll('/', '~1'))).join('/')}`,
    })
  }
  return {
    check: (method, path, { status, text, headers }) => {
      const plain = path.split('?')[0] as string
      const [found] = described
        .filter((each) => each.method === method.toLowerCase() && each.path.test(plain))
        .toSorted((one, other) => other.literals - one.literals)
      if (!found) throw new Error(`${method} ${plain} is not in the document`)
      const validate = validatorOf(found, status)
      if (!validate) {
        if (text !== '') throw new Error(`${found.id}: a body where the document says there is none`)
        return found.id
      }
      const isJson = /json/.test(String(headers['content-type']))
      if (!validate(isJson ? JSON.parse(text) : text))
        throw new Error(`${found.id} ${status}: ${ajv.errorsText(validate.errors)}\n${text.slice(0, 600)}`)
      return found.id
    },
  }
}
