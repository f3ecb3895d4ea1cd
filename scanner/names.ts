/** Tokens in names of files, folders and branches. They are also removed from paths in the output. */
import type { How } from './read-content.ts'
import type { Scan, TokenLocation } from './scan.ts'
import { type Found, TokenSearch } from './token-search.ts'

/** Minimum length of a token. */
const charactersMin = 100

/** Scans a name like content at its location. */
export function scanName(
  scan: Scan,
  name: string,
  location: Omit<TokenLocation, 'line' | 'column' | 'how'>,
  how: How,
): void {
  for (const { writing, within, line, column, ...token } of tokensIn(name))
    scan.add(token, { ...location, line, column, how: [how, writing, ...within] })
}

/** The path, with tokens replaced by their IDs and last six characters. */
export function shownPath(path: string): string {
  if (path.length < charactersMin) return path
  const parts = path.split(/([/\\!])/).map((part) => redactedName(part) ?? part)
  return redactedName(parts.join('')) ?? parts.join('')
}

function redactedName(name: string): string | undefined {
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
