/** Lists the fields of a body and describes their values. */
import { escapeHtml } from '../html.ts'
import { resolved, type Schema } from './api-operations.ts'

interface Field {
  /** The path in the body, such as `data.attributes.name`. */
  readonly name: string
  readonly schema: Schema
  readonly isRequired: boolean
}

/** Objects are listed by their fields, relationships as one field. */
export function bodyFields(given: Schema, path = '', isRequired = true): Field[] {
  const schema = resolved(given)
  const isRelationship = /\.relationships\.[^.]+$/.test(path)
  if (schema.properties && !isRelationship)
    return Object.entries(schema.properties).flatMap(([name, member]) =>
      bodyFields(member, path ? `${path}.${name}` : name, isRequired && (schema.required ?? []).includes(name)),
    )
  const item = schema.items && resolved(schema.items)
  const own = path ? [{ name: path, schema, isRequired }] : []
  if (!item?.properties || isRelationship) return own
  return [...own, ...bodyFields(item, `${path}[]`, false)]
}

/** Type, choices and limits as HTML. */
export function valueText(given: Schema): string {
  const schema = resolved(given)
  const linkage = schema.properties?.['data']
  if (linkage)
    return `relationship to ${linkage.type === 'array' ? 'any number of ' : 'one '}${typeIn(linkage.items ?? linkage)}`
  const parts = [
    typeText(schema),
    limitsText(schema),
    schema.nullable ? 'nullable' : '',
    schema.default === undefined ? '' : `default: <code>${escapeHtml(JSON.stringify(schema.default))}</code>`,
  ]
  return parts.filter(Boolean).join(', ')
}

const typeIn = (identifier: Schema) => `<code>${escapeHtml(String(identifier.properties?.['type']?.enum?.[0]))}</code>`

function typeText({ type = 'any', format, enum: choices, items }: Schema): string {
  if (choices) return choices.map((choice) => `<code>${escapeHtml(String(choice))}</code>`).join(', ')
  if (type === 'array') return `array of ${typeText(resolved(items ?? {}))}`
  return format === 'date-time' ? 'time (RFC 3339)' : type
}

function limitsText({ minimum, maximum, minLength, maxLength, minItems, maxItems }: Schema): string {
  const range = (min: number | undefined, max: number | undefined, unit: string) => {
    const [least, most] = [min, max].map((each) => each?.toLocaleString('en'))
    if (most === undefined) return least === undefined || min === 0 ? '' : `at least ${least}${unit}`
    return min ? `${least} to ${most}${unit}` : `at most ${most}${unit}`
  }
  const max = maximum === Number.MAX_SAFE_INTEGER ? undefined : maximum
  return [range(minimum, max, ''), range(minLength, maxLength, ' characters'), range(minItems, maxItems, ' entries')]
    .filter(Boolean)
    .join(', ')
}
