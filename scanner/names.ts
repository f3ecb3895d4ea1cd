/** Names hold tokens too: of files, folders, branches. And they are shown, so a token in one is taken out. */
import type { How } from './read-content.ts'
import type { Place, Scan } from './scan.ts'
import { type Found, TokenSearch } from './token-search.ts'

/** No token is shorter. */
const charactersMin = 100

/** Looks at a name as if it were the content of what bears it. */
export function scanName(scan: Scan, name: string, place: Omit<Place, 'line' | 'column' | 'how'>, how: How): void {
  for (const { writing, within, line, column, ...token } of tokensIn(name))
    scan.add(token, { ...place, line, column, how: [how, writing, ...within] })
}

/** The path with the id and the last six of a token where the token stands. */
export function shownPath(path: string): string {
  if (path.length < charactersMin) return path
  const parts = path.split(/([/\\!])/).map((part) => inPlaceOf(part) ?? part)
  return inPlaceOf(parts.join('')) ?? parts.join('')
}

function inPlaceOf(name: string): string | undefined {
  const [found] = tokensIn(name)
  return found && `[token ${found.tokenId} that ends in ${found.lastCharacters}]`
}

function tokensIn(name: string): Found[] {
  if (name.length < charactersMin) return []
  const search = new TokenSearch()
  search.push(Buffer.from(name))
  search.end()
  return search.found
}
