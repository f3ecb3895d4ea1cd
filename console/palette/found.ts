/** What the server finds by name, of every kind that one may see. The answer to older words never takes the place of newer ones. */
import { accessTokens, environments, roles, serviceAccounts, teams, users, workspaces } from '@mintmark/contract'
import {
  ContainerIcon,
  HubotIcon,
  IdBadgeIcon,
  KeyIcon,
  PeopleIcon,
  PersonIcon,
  StackIcon,
} from '@primer/octicons-react'
import { type UseQueryResult, useQueries } from '@tanstack/react-query'
import { nameOfPerson } from '../access/people.tsx'
import { pageOf } from '../queries.ts'
import { useAccount } from '../session/account.ts'
import { useWhyNot } from '../session/rights.ts'
import { titleOf } from '../tokens/token-text.tsx'
import type { Command } from './commands.ts'

const mostOfKind = 5

/** Words, and of what account. */
const asked = (words: string, filters: Readonly<Record<string, string>> = {}) => ({
  words,
  filters,
  page: { number: 1, size: mostOfKind },
})

export function useFound(words: string): { readonly commands: readonly Command[]; readonly isSearching: boolean } {
  const account = useAccount()
  const whyNot = useWhyNot()
  const here = { account: account.id }
  const mayRead = (noun: string) => words !== '' && whyNot(`${noun}:read`, here) === null
  const [machines, people, groups, jobs, places, rooms, own] = useQueries({
    queries: [
      { ...pageOf(serviceAccounts, 'list', asked(words, here)), enabled: mayRead('service-accounts') },
      { ...pageOf(users, 'list', asked(words, here)), enabled: mayRead('users') },
      { ...pageOf(teams, 'list', asked(words, here)), enabled: mayRead('teams') },
      { ...pageOf(roles, 'list', asked(words, { account: `in:null,${account.id}` })), enabled: mayRead('roles') },
      { ...pageOf(environments, 'list', asked(words, here)), enabled: mayRead('environments') },
      { ...pageOf(workspaces, 'list', asked(words, here)), enabled: mayRead('workspaces') },
      { ...pageOf(accessTokens, 'list', asked(words)), enabled: words !== '' },
    ],
  })
  const iam = `/${account.id}/iam`
  const commands = [
    ...of(machines, ({ id, name, description }) => ({
      ...shown('Service accounts', HubotIcon, id, name, description),
      does: { to: `${iam}/service-accounts/${id}` },
    })),
    ...of(people, (person) => ({
      ...shown('Users', PersonIcon, person.id, nameOfPerson(person), person.fullName ? person.email : null),
      does: { to: `${iam}/users/${person.id}` },
    })),
    ...of(groups, ({ id, name, description }) => ({
      ...shown('Teams', PeopleIcon, id, name, description),
      does: { to: `${iam}/teams/${id}` },
    })),
    ...of(jobs, ({ id, name, description }) => ({
      ...shown('Roles', IdBadgeIcon, id, name, description),
      does: { to: `${iam}/roles/${id}` },
    })),
    ...of(places, ({ id, name }) => ({
      ...shown('Environments', ContainerIcon, id, name, null),
      does: { to: `/${account.id}/environments/${id}` },
    })),
    ...of(rooms, ({ id, name, environmentId }) => ({
      ...shown('Workspaces', StackIcon, id, name, null),
      does: { to: `/${account.id}/environments/${environmentId}/${id}` },
    })),
    ...of(own, (token) => ({
      ...shown('Your tokens', KeyIcon, token.id, titleOf(token), `…${token.lastCharacters ?? ''}`),
      does: { to: '/profile', search: { q: token.name || token.id } },
    })),
  ]
  const isSearching = [machines, people, groups, jobs, places, rooms, own].some(({ isFetching }) => isFetching)
  return { commands, isSearching }
}

/** The cache keeps the last page while the next is on its way: that one answers other words, so it is left out. */
function of<T extends { readonly id: string }>(
  { data, isPlaceholderData }: UseQueryResult<{ readonly records: readonly T[] }>,
  command: (record: T) => Command,
): readonly Command[] {
  return isPlaceholderData ? [] : (data?.records ?? []).map(command)
}

const shown = (
  group: string,
  icon: Command['icon'],
  id: string,
  name: string | null | undefined,
  about: string | null | undefined,
) => ({ id, group, icon, name: name || id, ...(about ? { about } : {}) })
