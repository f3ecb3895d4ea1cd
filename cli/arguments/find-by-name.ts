/** Arguments that name an object by its name or ID. */
import type { Client } from '@mintmark/client'
import { roles, serviceAccounts, teams } from '@mintmark/contract'
import { InvalidArgumentError } from 'commander'
import { Failed } from '../report-error.ts'

/** Rejects characters that would change the path of the request URL. */
export function id(text: string): string {
  if (!/^[A-Za-z0-9_-][A-Za-z0-9._-]{0,127}$/.test(text))
    throw new InvalidArgumentError('Expected an ID such as at-v0o1234567890abcd.')
  return text
}

/** Collects the values of a repeatable option. */
export const collect = (text: string, before: readonly string[] = []): string[] => [...before, text]

export const findServiceAccountId = (client: Client, nameOrId: string) =>
  findId(nameOrId, 'sa', 'service account', (name) => client.all(serviceAccounts, 'list', { filters: { name } }))

export const findRoleId = (client: Client, nameOrId: string) =>
  findId(nameOrId, 'role', 'role', (name) => client.all(roles, 'list', { filters: { name } }))

export const findTeamId = (client: Client, nameOrId: string) =>
  findId(nameOrId, 'team', 'team', (name) => client.all(teams, 'list', { filters: { name } }))

interface Named {
  readonly id: string
  readonly name?: string
}

/** Generated IDs are used without a lookup, so that a token without permission to list objects can use them. */
async function findId(
  nameOrId: string,
  prefix: string,
  kind: string,
  search: (name: string) => Promise<readonly Named[]>,
): Promise<string> {
  if (new RegExp(`^${prefix}-[0-9a-v]{15,17}$`).test(nameOrId)) return nameOrId
  // Compare again, because the API interprets some prefixes of a filter value, such as `like:`.
  const [match, ...others] = (await search(nameOrId)).filter(({ name }) => name === nameOrId)
  if (others.length > 0) {
    const ids = [match, ...others].map((each) => each?.id).join(', ')
    throw new Failed(`more than one ${kind} is named ${nameOrId}: ${ids}`, 'Use the ID instead of the name.')
  }
  if (match) return match.id
  // Imported objects keep their IDs, which need not have the length of generated ones.
  if (nameOrId.startsWith(`${prefix}-`)) return nameOrId
  throw new Failed(`no ${kind} is named ${nameOrId}, or this token has no access to it`)
}
