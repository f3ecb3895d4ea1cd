/** Arguments that name an object by its name or ID. */
import type { Client } from '@mintmark/client'
import { roles, serviceAccounts, teams } from '@mintmark/contract'
import { InvalidArgumentError } from 'commander'
import { Failed } from './report-error.ts'

/** Rejects characters that would change the path of the request URL. */
export function id(text: string): string {
  if (!/^[A-Za-z0-9_-][A-Za-z0-9._-]{0,127}$/.test(text))
    throw new InvalidArgumentError('Expected an ID such as at-v0o1234567890abcd.')
  return text
}

/** Collects the values of a repeatable option. */
export const collect = (text: string, before: readonly string[] = []): string[] => [...before, text]

export const findServiceAccountId = (client: Client, given: string) =>
  findId(given, 'sa', 'service account', (name) => client.all(serviceAccounts, 'list', { filters: { name } }))

export const findRoleId = (client: Client, given: string) =>
  findId(given, 'role', 'role', (name) => client.all(roles, 'list', { filters: { name } }))

export const findTeamId = (client: Client, given: string) =>
  findId(given, 'team', 'team', (name) => client.all(teams, 'list', { filters: { name } }))

interface Named {
  readonly id: string
  readonly name?: string
}

/** Generated IDs are used without a lookup, so that a token without permission to list objects can use them. */
async function findId(
  given: string,
  prefix: string,
  what: string,
  search: (name: string) => Promise<readonly Named[]>,
): Promise<string> {
  if (new RegExp(`^${prefix}-[0-9a-v]{15,17}$`).test(given)) return given
  // Compare again, because the API interprets some prefixes of a filter value, such as `like:`.
  const [found, ...others] = (await search(given)).filter(({ name }) => name === given)
  if (others.length > 0) {
    const ids = [found, ...others].map((each) => each?.id).join(', ')
    throw new Failed(`there are several named ${given}: ${ids}`, 'Use the ID instead of the name.')
  }
  if (found) return found.id
  // Imported objects keep their IDs, which need not have the length of generated ones.
  if (given.startsWith(`${prefix}-`)) return given
  throw new Failed(`no ${what} is named ${given}, or this token may not see it`)
}
