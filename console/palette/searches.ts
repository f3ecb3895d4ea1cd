/** Selects which kinds of objects the palette searches. */
import type { Listed } from '@mintmark/client'
import {
  accessTokens,
  accessTokenUsages,
  environments,
  type Resource,
  serviceAccounts,
  teams,
  users,
  workspaces,
} from '@mintmark/contract'
import { ContainerIcon, HubotIcon, KeyIcon, PeopleIcon, PersonIcon, StackIcon } from '@primer/octicons-react'
import { displayName } from '../access/subjects.tsx'
import { titleOf } from '../tokens/token-text.tsx'
import { type Caller, type Candidate, type Kind, type Search, searchFor } from './search-for.ts'
import { searchesById } from './searches-by-id.ts'

/** A complete ID identifies the kind of its object. */
const idPattern = /^([a-z]+)-v0o[0-9a-v]{14}$/
const ellipsis = /^(?:…|\.{3})/u

/** Returns at most six searches, each of which is one request. */
export function searchesFor(words: string, caller: Caller): readonly Search[] {
  if (words === '') return []
  const [, prefix] = idPattern.exec(words.toLowerCase()) ?? []
  const all: readonly Candidate[] = [...searchesByName(words, caller), ...searchesById(words, caller)]
  const byId = all.filter((each) => each.prefix === prefix)
  const chosen = ellipsis.test(words)
    ? all.filter((each) => each.prefix === accessTokens.prefix)
    : byId.length > 0
      ? byId
      : searchesByName(words, caller)
  return chosen.flatMap(({ permission, search }) => (!permission || caller.canRead(permission) ? [search] : []))
}

function searchesByName(words: string, { account, canReadAllTokens }: Caller): readonly Candidate[] {
  const iam = `/${account}/iam`
  const filters = { account }
  const candidate = <R extends Resource, K extends Listed<R>>(kind: Omit<Kind<R, K>, 'filters'>): Candidate => ({
    prefix: kind.of.prefix,
    permission: kind.of.type,
    search: searchFor(words, { ...kind, filters }) as Search,
  })
  return [
    candidate({
      of: serviceAccounts,
      operation: 'list',
      group: 'Service accounts',
      icon: HubotIcon,
      result: ({ id, name, description }) => [name, description ?? null, `${iam}/service-accounts/${id}`],
      listedOn: `${iam}/service-accounts`,
    }),
    candidate({
      of: users,
      operation: 'list',
      group: 'Users',
      icon: PersonIcon,
      result: (user) => [displayName(user), user.fullName ? (user.email ?? null) : null, `${iam}/users/${user.id}`],
      listedOn: `${iam}/users`,
    }),
    candidate({
      of: teams,
      operation: 'list',
      group: 'Teams',
      icon: PeopleIcon,
      result: ({ id, name, description }) => [name, description ?? null, `${iam}/teams/${id}`],
      listedOn: `${iam}/teams`,
    }),
    candidate({
      of: environments,
      operation: 'list',
      group: 'Environments',
      icon: ContainerIcon,
      result: ({ id, name }) => [name, null, `/${account}/environments/${id}`],
      listedOn: `/${account}/environments`,
    }),
    candidate({
      of: workspaces,
      operation: 'list',
      group: 'Workspaces',
      icon: StackIcon,
      result: ({ id, name, environmentId }) => [name, null, `/${account}/environments/${environmentId}/${id}`],
    }),
    { prefix: accessTokens.prefix, permission: null, search: tokenSearch(words, account, canReadAllTokens) },
  ]
}

/** Without the permission to read those of others, only the caller's own tokens are searched. */
const tokenSearch = (words: string, account: string, canReadAll: boolean): Search =>
  canReadAll
    ? (searchFor(words, {
        of: accessTokenUsages,
        operation: 'list',
        group: 'Tokens',
        icon: KeyIcon,
        filters: { account },
        result: (token) => [
          titleOf(token),
          `…${token.lastCharacters ?? ''} · ${token.ownerEmail ?? ''}`,
          `/${account}/tokens/${token.id}`,
        ],
        listedOn: `/${account}/token-report`,
      }) as Search)
    : (searchFor(words, {
        ...{ of: accessTokens, operation: 'list', group: 'Your tokens', icon: KeyIcon, filters: {} },
        result: (token) => [titleOf(token), `…${token.lastCharacters ?? ''}`, `/${account}/tokens/${token.id}`],
        listedOn: '/profile',
      }) as Search)
