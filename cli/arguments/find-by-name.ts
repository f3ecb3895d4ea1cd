/** Arguments that name an object by its name or ID. */
import type { Client, Found } from '@mintmark/client'
import { type Resource, roles, serviceAccounts, teams } from '@mintmark/contract'
import { InvalidArgumentError } from 'commander'
import { untyped } from '../client-command.ts'
import { Failed } from '../report-error.ts'

/** Rejects characters that would change the path of the request URL. */
export function id(text: string): string {
  if (!/^[A-Za-z0-9_-][A-Za-z0-9._-]{0,127}$/.test(text))
    throw new InvalidArgumentError('Expected an ID such as at-v0o1234567890abcd.')
  return text
}

/** Collects the values of a repeatable option. */
export const collect = (text: string, before: readonly string[] = []): string[] => [...before, text]

export const findServiceAccountId = (client: Client, nameOrId: string) => findId(client, serviceAccounts, nameOrId)
export const findRoleId = (client: Client, nameOrId: string) => findId(client, roles, nameOrId)
export const findTeamId = (client: Client, nameOrId: string) => findId(client, teams, nameOrId)

/** The attribute that identifies an object for people. */
const identifying: Readonly<Record<string, string>> = { users: 'email', vars: 'key', webhooks: 'url' }

export const nameAttribute = ({ type }: Resource): string => identifying[type] ?? 'name'

/** `service account`. */
export const kindOf = ({ param, type }: Resource): string => (type === 'vars' ? 'variable' : param.replaceAll('_', ' '))

/** Whether objects can be found by their name; others are only known by ID. */
export const hasNames = (of: Resource): boolean => of.operations['list']?.filters?.includes(nameAttribute(of)) ?? false

/**
 * Generated IDs are used without a lookup, so that a token without permission to list objects can use them. `within` limits
 * the search to objects with these filters, such as a workspace.
 */
export async function findId(
  client: Client,
  of: Resource,
  nameOrId: string,
  within: Readonly<Record<string, string>> = {},
): Promise<string> {
  if (!hasNames(of) || new RegExp(`^${of.prefix}-[0-9a-v]{15,17}$`).test(nameOrId)) return nameOrId
  const attribute = nameAttribute(of)
  const found = await untyped(client).all(of, 'list', { filters: { ...within, [attribute]: nameOrId } })
  // Compare again, because the API interprets some prefixes of a filter value, such as `like:`.
  const [match, ...others] = found.filter((each) => (each as Named)[attribute] === nameOrId)
  if (others.length > 0) {
    const ids = [match, ...others].map((each) => each?.id).join(', ')
    throw new Failed(`more than one ${kindOf(of)} is named ${nameOrId}: ${ids}`, 'Use the ID instead of the name.')
  }
  if (match) return match.id
  // Imported objects keep their IDs, which need not have the length of generated ones.
  if (nameOrId.startsWith(`${of.prefix}-`)) return nameOrId
  throw new Failed(`no ${kindOf(of)} is named ${nameOrId}, or this token has no access to it`)
}

type Named = Found & { readonly [attribute: string]: unknown }
