/** Searches everything that the user can read. Results of an older search never replace those of a newer one. */
import { accessTokens, limits, roles } from '@mintmark/contract'
import { IdBadgeIcon, KeyIcon } from '@primer/octicons-react'
import { useQueries, useQuery } from '@tanstack/react-query'
import { pageQuery } from '../queries.ts'
import { useAccount } from '../session/account.ts'
import { useCanList, useDenialReason } from '../session/rights.ts'
import { nameOf, type Token } from '../tokens/token-text.tsx'
import { type Command, matching } from './commands.ts'
import { allResults } from './search-for.ts'
import { searchesFor } from './searches.ts'

interface SearchResults {
  readonly commands: readonly Command[]
  readonly isSearching: boolean
}

/** Followed by words, it finds the caller's own tokens. */
const rotatePattern = /^rotate(?:\s+(?:token\s*)?|$)/i

export function useSearchResults(words: string, onRotate: (token: Token) => void): SearchResults {
  const account = useAccount()
  const denialReason = useDenialReason()
  const canList = useCanList(account.id)
  const canRead = (resource: string) => canList(`${resource}:read`)
  const canReadAllTokens = denialReason('access-tokens:read', { account: account.id }) === null
  const isRotating = rotatePattern.test(words)
  const found = useQueries({
    queries: isRotating ? [] : searchesFor(words, { account: account.id, canRead, canReadAllTokens }),
  })
  const rotating = useTokensToRotate(words.replace(rotatePattern, ''), isRotating, onRotate)
  const foundRoles = useRoles(words, canRead('roles'))
  return {
    commands: [
      ...rotating.commands,
      // Placeholder data belongs to the previous search.
      ...found.flatMap(({ data, isPlaceholderData }) => (isPlaceholderData ? [] : (data ?? []))),
      ...foundRoles,
    ],
    isSearching: rotating.isSearching || found.some(({ isFetching }) => isFetching),
  }
}

const rolesMax = limits.pageSizeMax
const rolesKeptMilliseconds = 60_000

/** Roles are few: they are requested once and searched here. */
function useRoles(words: string, canRead: boolean): readonly Command[] {
  const account = useAccount()
  const { data } = useQuery({
    ...pageQuery(roles, 'list', { filters: { account: `in:null,${account.id}` }, page: { number: 1, size: rolesMax } }),
    enabled: canRead,
    staleTime: rolesKeptMilliseconds,
  })
  if (words === '' || !data) return []
  const list = `/${account.id}/iam/roles`
  const known = data.records.map(
    ({ id, name, description }): Command => ({
      id,
      group: 'Roles',
      icon: IdBadgeIcon,
      name: name || id,
      action: { to: `${list}/${id}` },
      ...(description && { description }),
    }),
  )
  const found = matching(known, words)
  const isComplete = data.totalCount <= rolesMax
  return [
    ...found.slice(0, 5),
    ...(found.length > 5 || !isComplete ? [allResults('Roles', list, words, isComplete ? found.length : null)] : []),
  ]
}

const tokensToRotate = 10

function useTokensToRotate(words: string, isRotating: boolean, onRotate: (token: Token) => void): SearchResults {
  const request = { ...(words && { search: words }), page: { number: 1, size: tokensToRotate } }
  const { data, isPlaceholderData, isFetching } = useQuery({
    ...pageQuery(accessTokens, 'list', request),
    enabled: isRotating,
  })
  if (!isRotating) return { commands: [], isSearching: false }
  const tokens = isPlaceholderData ? [] : (data?.records ?? []).filter(({ successorId }) => !successorId)
  return {
    commands: tokens.map((token) => ({
      id: `rotate-${token.id}`,
      group: 'Your tokens',
      name: `Rotate token “${nameOf(token)}”`,
      icon: KeyIcon,
      action: { run: () => onRotate(token) },
    })),
    isSearching: isFetching,
  }
}
