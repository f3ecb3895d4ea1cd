/** Searches all resources that the user can read. Results of an older search never replace those of a newer one. */
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
import { displayName } from '../access/subjects.tsx'
import { pageQuery } from '../queries.ts'
import { useAccount } from '../session/account.ts'
import { useDenialReason } from '../session/rights.ts'
import { titleOf } from '../tokens/token-text.tsx'
import type { Command } from './commands.ts'

const resultsPerKind = 5

const searchRequest = (search: string, filters: Readonly<Record<string, string>> = {}) => ({
  search,
  filters,
  page: { number: 1, size: resultsPerKind },
})

export function useSearchResults(words: string): {
  readonly commands: readonly Command[]
  readonly isSearching: boolean
} {
  const account = useAccount()
  const denialReason = useDenialReason()
  const filters = { account: account.id }
  const canRead = (resource: string) => words !== '' && denialReason(`${resource}:read`, filters) === null
  const [foundServiceAccounts, foundUsers, foundTeams, foundRoles, foundEnvironments, foundWorkspaces, ownTokens] =
    useQueries({
      queries: [
        { ...pageQuery(serviceAccounts, 'list', searchRequest(words, filters)), enabled: canRead('service-accounts') },
        { ...pageQuery(users, 'list', searchRequest(words, filters)), enabled: canRead('users') },
        { ...pageQuery(teams, 'list', searchRequest(words, filters)), enabled: canRead('teams') },
        {
          ...pageQuery(roles, 'list', searchRequest(words, { account: `in:null,${account.id}` })),
          enabled: canRead('roles'),
        },
        { ...pageQuery(environments, 'list', searchRequest(words, filters)), enabled: canRead('environments') },
        { ...pageQuery(workspaces, 'list', searchRequest(words, filters)), enabled: canRead('workspaces') },
        { ...pageQuery(accessTokens, 'list', searchRequest(words)), enabled: words !== '' },
      ],
    })
  const iam = `/${account.id}/iam`
  const commands = [
    ...commandsFrom(foundServiceAccounts, ({ id, name, description }) => ({
      ...commandBase('Service accounts', HubotIcon, id, name, description),
      action: { to: `${iam}/service-accounts/${id}` },
    })),
    ...commandsFrom(foundUsers, (person) => ({
      ...commandBase('Users', PersonIcon, person.id, displayName(person), person.fullName ? person.email : null),
      action: { to: `${iam}/users/${person.id}` },
    })),
    ...commandsFrom(foundTeams, ({ id, name, description }) => ({
      ...commandBase('Teams', PeopleIcon, id, name, description),
      action: { to: `${iam}/teams/${id}` },
    })),
    ...commandsFrom(foundRoles, ({ id, name, description }) => ({
      ...commandBase('Roles', IdBadgeIcon, id, name, description),
      action: { to: `${iam}/roles/${id}` },
    })),
    ...commandsFrom(foundEnvironments, ({ id, name }) => ({
      ...commandBase('Environments', ContainerIcon, id, name, null),
      action: { to: `/${account.id}/environments/${id}` },
    })),
    ...commandsFrom(foundWorkspaces, ({ id, name, environmentId }) => ({
      ...commandBase('Workspaces', StackIcon, id, name, null),
      action: { to: `/${account.id}/environments/${environmentId}/${id}` },
    })),
    ...commandsFrom(ownTokens, (token) => ({
      ...commandBase('Your tokens', KeyIcon, token.id, titleOf(token), `…${token.lastCharacters ?? ''}`),
      action: { to: '/profile', search: { q: token.name || token.id } },
    })),
  ]
  const isSearching = [
    foundServiceAccounts,
    foundUsers,
    foundTeams,
    foundRoles,
    foundEnvironments,
    foundWorkspaces,
    ownTokens,
  ].some(({ isFetching }) => isFetching)
  return { commands, isSearching }
}

/** Placeholder data belongs to the previous search and is ignored. */
function commandsFrom<T extends { readonly id: string }>(
  { data, isPlaceholderData }: UseQueryResult<{ readonly records: readonly T[] }>,
  command: (record: T) => Command,
): readonly Command[] {
  return isPlaceholderData ? [] : (data?.records ?? []).map(command)
}

const commandBase = (
  group: string,
  icon: Command['icon'],
  id: string,
  name: string | null | undefined,
  about: string | null | undefined,
) => ({ id, group, icon, name: name || id, ...(about ? { about } : {}) })
