/** Options for the attributes and relations that an operation writes, derived from the declaration of a resource. */
import type { Client } from '@mintmark/client'
import { type Attribute, type Attributes, idOf, kebab, type Resource, resourceByType } from '@mintmark/contract'
import { type Command, InvalidArgumentError, Option } from 'commander'
import { collect, findId, hasNames } from '../arguments/find-by-name.ts'
import { readSecret } from '../arguments/read-secret.ts'
import { WrongUsage } from '../report-error.ts'

/** A member of the input that an option sets. */
export interface InputOption {
  /** The attribute or relation. */
  readonly name: string
  readonly options: readonly Option[]
  /** The property of the parsed options. */
  readonly key: string
  /** Returns the member and its value. */
  read(given: unknown, client: Client): Promise<readonly [string, unknown]>
}

type When = 'create' | 'update'

/** A description for the help. */
export const sentence = (about: string) =>
  about
    .replace(/^Whether /, '')
    .replace(/^[A-Z](?![A-Z])/, (letter) => letter.toLowerCase())
    .replace(/\.$/, '')

/** `role` for `roles`. */
const singular = (name: string) => kebab(name).replace(/s$/, '')

export function inputOptions(of: Resource, when: When): InputOption[] {
  const isWritable = ({ writable }: { writable: string }) => writable === 'always' || writable === when
  const attributes = Object.entries(of.attributes).filter(([, each]) => isWritable(each))
  return [...attributeOptions(Object.fromEntries(attributes)), ...relationOptions(of, isWritable)]
}

export const attributeOptions = (attributes: Attributes): InputOption[] =>
  Object.entries(attributes).map(([name, attribute]) => attributeOption(name, attribute))

function attributeOption(name: string, attribute: Attribute): InputOption {
  if (attribute.holdsSecret) return secretOption(name, attribute)
  const { type } = attribute.schema
  const about = sentence(attribute.about)
  if (type === 'boolean') {
    const on = new Option(`--${kebab(name)}`, about)
    const off = new Option(`--no-${kebab(name)}`, `the opposite of --${kebab(name)}`)
    return { name, options: [on, off], key: name, read: async (given) => [name, given] }
  }
  const isList = type === 'array' && (attribute.schema['items'] as { type?: string }).type === 'string'
  if (isList) {
    const option = new Option(`--${singular(name)} <text>`, `${about} (repeatable)`).argParser(collect)
    return { name, options: [option], key: option.attributeName(), read: async (given) => [name, given] }
  }
  const option = new Option(`--${kebab(name)} <${placeholder(attribute)}>`, about)
  const values = attribute.schema['enum'] as readonly unknown[] | undefined
  // An empty text clears the attribute.
  if (values) option.choices([...values.map(String), ...(attribute.nullable ? [''] : [])])
  else option.argParser((text) => checked(attribute, text))
  const isCleared = (given: unknown) => given === '' && attribute.nullable
  return {
    name,
    options: [option],
    key: name,
    read: async (given) => [name, isCleared(given) ? null : valueIn(attribute, given)],
  }
}

function placeholder({ schema }: Attribute): string {
  if (schema['enum']) return 'value'
  return { integer: 'number', string: 'text' }[schema['type'] as string] ?? 'json'
}

/** Checks the text of an option as early as possible, and returns it unchanged. */
function checked(attribute: Attribute, text: string): string {
  if (text === '' && attribute.nullable) return text
  const [fault] = attribute.check(valueIn(attribute, text))
  if (fault) throw new InvalidArgumentError(fault.detail)
  return text
}

/** Undefined if the text is not JSON, which no attribute accepts. */
function valueIn({ schema }: Attribute, given: unknown): unknown {
  if (schema['type'] === 'string') return given
  try {
    return JSON.parse(String(given))
  } catch {
    return undefined
  }
}

/** Secrets are read from a file or standard input, because other users of the machine can see command lines. */
function secretOption(name: string, attribute: Attribute): InputOption {
  const about = `file that contains the ${labelOf(name)}, - for standard input; a final line break is removed`
  const option = new Option(`--${kebab(name)}-file <file>`, about)
  const read = async (file: unknown): Promise<readonly [string, unknown]> => {
    const value = valueIn(attribute, readSecret(file as string))
    const [fault] = attribute.check(value)
    if (fault) throw new WrongUsage(`--${kebab(name)}-file: ${fault.detail}`)
    return [name, value]
  }
  return { name, options: [option], key: option.attributeName(), read }
}

const labelOf = (name: string) => kebab(name).replaceAll('-', ' ')

function relationOptions(of: Resource, isWritable: (each: { writable: string }) => boolean): InputOption[] {
  return Object.entries(of.relations)
    .filter(([, each]) => isWritable(each) && !each.alwaysEmpty)
    .map(([name, { many, about, to }]) => {
      const target = resourceByType.get(to)
      const what = target && hasNames(target) ? 'name or ID' : 'ID'
      const flag = many ? singular(name) : kebab(name)
      const option = new Option(`--${flag} <${what}>`, sentence(about) + (many ? ' (repeatable)' : ''))
      if (many) option.argParser(collect)
      const idFor = (client: Client, text: string) => (target ? findId(client, target, text) : Promise.resolve(text))
      const read = async (given: unknown, client: Client): Promise<readonly [string, unknown]> =>
        many
          ? [name, await Promise.all((given as string[]).map((each) => idFor(client, each)))]
          : [idOf(name), given === '' ? null : await idFor(client, given as string)]
      return { name, options: [option], key: option.attributeName(), read }
    })
}

/** Adds the options that do not exist yet. */
export function addOptions(command: Command, inputs: readonly InputOption[]): InputOption[] {
  const added = inputs.filter(({ options: [first] }) => !command.options.some(({ long }) => long === first?.long))
  for (const option of added.flatMap(({ options }) => options)) command.addOption(option)
  return added
}

type Flags = Readonly<Record<string, unknown>>

export const givenInputs = (inputs: readonly InputOption[], flags: Flags) =>
  inputs.filter(({ key }) => flags[key] !== undefined)

export async function readInput(client: Client, inputs: readonly InputOption[], flags: Flags) {
  const members = await Promise.all(givenInputs(inputs, flags).map(({ key, read }) => read(flags[key], client)))
  return Object.fromEntries(members)
}
