/** Fields of a request body, such as `data[attributes][name]=ops`. */
import { InvalidArgumentError } from 'commander'
import { readText, standardInput } from '../arguments/read-text.ts'
import { WrongUsage } from '../report-error.ts'

export interface Field {
  readonly name: string
  readonly value: unknown
}

export function rawField(text: string): Field {
  const [, name, value = ''] = /^([^=]+)=(.*)$/s.exec(text) ?? []
  if (name === undefined) throw new InvalidArgumentError('Expected a name and a value, such as data[type]=teams.')
  return { name, value }
}

export function typedField(text: string): Field {
  const { name, value } = rawField(text) as { name: string; value: string }
  if (value === '@-') return { name, value: readText(standardInput, 'standard input') }
  if (value.startsWith('@')) return { name, value: readText(value.slice(1)) }
  return { name, value: /^(?:true|false|null|-?\d{1,15})$/.test(value) ? JSON.parse(value) : value }
}

type Nested = { [name: string]: unknown } | unknown[]

/** `a[b]=1` as `{ a: { b: 1 } }`, `a[]=1` as `{ a: [1] }`. Throws if a name is used as a value and as an object. */
export function nest(fields: readonly Field[]): Nested {
  const root: Nested = Object.create(null)
  for (const { name, value } of fields) {
    const parts = partsOf(name)
    let at: Nested = root
    for (const [index, part] of parts.entries()) {
      const next = parts[index + 1]
      const child = next === undefined ? value : (memberOf(at, part) ?? (next === '' ? [] : Object.create(null)))
      if (Array.isArray(at) !== (part === '') || (next !== undefined && typeof child !== 'object'))
        throw new WrongUsage(`${name}: expected the same structure as in the other fields.`)
      if (Array.isArray(at)) at.push(child)
      else at[part] = child
      at = child as Nested
    }
  }
  return root
}

const memberOf = (of: Nested, part: string): unknown => (Array.isArray(of) ? undefined : of[part])

function partsOf(name: string): string[] {
  const [, first = '', rest = ''] = /^([^[\]]+)((?:\[[^[\]]*\])*)$/.exec(name) ?? []
  if (first === '') throw new WrongUsage(`${name}: expected a name such as data[attributes][name] or ids[].`)
  return [first, ...[...rest.matchAll(/\[([^[\]]*)\]/g)].map(([, part]) => part as string)]
}
