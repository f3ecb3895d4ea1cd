/** Options for the filters of a list. Filters by a relation accept names. */
import type { Client } from '@mintmark/client'
import { filterKind, kebab, type Resource, resourceByType, resources, snake } from '@mintmark/contract'
import { InvalidArgumentError, Option } from 'commander'
import { findId, hasNames } from '../arguments/find-by-name.ts'

type Flags = Readonly<Record<string, unknown>>

/** The resource with this name in filters and paths, such as `serviceAccount`. */
const resourceNamed = (name: string): Resource | undefined => resources.find(({ param }) => param === snake(name))

/** The type of a relation that options set by name. */
const writableTarget = ({ relations }: Resource, name: string): Resource | undefined => {
  const relation = relations[name]
  return relation && relation.writable !== 'never' ? resourceByType.get(relation.to) : undefined
}

export interface FilterOption {
  readonly name: string
  readonly option: Option
  readonly target: Resource | undefined
}

export function filterOptions(of: Resource, names: readonly string[], about: string): FilterOption[] {
  return names
    .filter((name) => snake(name) !== of.param)
    .map((name) => {
      const target = resourceNamed(name) ?? writableTarget(of, name)
      const value = {
        text: target && hasNames(target) ? 'name or ID' : 'text',
        instant: 'time',
        boolean: 'boolean',
        days: 'days',
      }
      const option = new Option(
        `--${kebab(name)} <${value[filterKind(name)]}>`,
        `${about} ${kebab(name).replaceAll('-', ' ')}`,
      )
      if (filterKind(name) === 'boolean') option.choices(['true', 'false'])
      return { name, option, target }
    })
}

export async function readFilters(
  client: Client,
  filters: readonly FilterOption[],
  flags: Flags,
): Promise<Record<string, string>> {
  const given = filters.filter(({ name }) => typeof flags[name] === 'string')
  const pairs = given.map(async ({ name, target }) => {
    const text = flags[name] as string
    return [name, target ? await findId(client, target, text) : text] as const
  })
  return Object.fromEntries(await Promise.all(pairs))
}

export function sortOption(names: readonly string[], first: string | undefined): Option {
  const fields = names.map(kebab)
  const text = `${fields.join(', ')}; with - for descending order`
  return new Option(
    '--sort <field>',
    `order of the list: ${text}${first ? ` (default: ${kebab(first)})` : ''}`,
  ).argParser((given) => {
    if (!fields.includes(given.replace(/^-/, ''))) throw new InvalidArgumentError(`Expected one of ${text}.`)
    return given
  })
}
