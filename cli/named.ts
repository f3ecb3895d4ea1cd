/** What people name by its name or by its id, and what only by its id. */
import type { Client } from '@mintmark/client'
import { roles, serviceAccounts, teams } from '@mintmark/contract'
import { InvalidArgumentError } from 'commander'
import { Failed } from './report-error.ts'

/** An id goes into an address, so it has to look like one. */
export function id(text: string): string {
  if (!/^[A-Za-z0-9_-][A-Za-z0-9._-]{0,127}$/.test(text))
    throw new InvalidArgumentError('Expected an id such as at-v0o1234567890abcd.')
  return text
}

/** For an option that may be given several times. */
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

/** Ids as they are made need no look-up, so a token that may not list can still use them. */
async function findId(
  given: string,
  prefix: string,
  what: string,
  search: (name: string) => Promise<readonly Named[]>,
): Promise<string> {
  if (new RegExp(`^${prefix}-[0-9a-v]{15,17}$`).test(given)) return given
  // Compared once more, because the wire gives some beginnings of a name (`like:`) a meaning.
  const [found, ...others] = (await search(given)).filter(({ name }) => name === given)
  if (others.length > 0) {
    const ids = [found, ...others].map((each) => each?.id).join(', ')
    throw new Failed(`several are named ${given}: ${ids}`, 'Name it by its id.')
  }
  if (found) return found.id
  // Loaded objects keep whatever ids they had.
  if (given.startsWith(`${prefix}-`)) return given
  throw new Failed(`no ${what} is named ${given}, or this token may not see it`)
}
