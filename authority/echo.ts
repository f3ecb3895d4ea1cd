/** Repeats a client's value in an error. */
import { limits } from '@mintmark/contract'
import { headerLiteral } from '@mintmark/token'

/**
 * Returns the value as it was sent, cut off at `limits.echoedCharacters`; the serializer escapes it for JSON. Tokens are
 * replaced: error texts end up in logs, and a token pasted into the wrong field is still a secret.
 */
export function echoed(text: string): string {
  const shown = withoutTokens(text)
  // Cuts between code points, which have at most two code units.
  const points = [...shown.slice(0, 2 * limits.echoedCharacters + 2)]
  return points.length <= limits.echoedCharacters ? shown : `${points.slice(0, limits.echoedCharacters).join('')}…`
}

/** Every token starts with the same header. Removes it with all following characters that may be part of the token. */
function withoutTokens(text: string): string {
  const [before = '', ...after] = text.split(headerLiteral)
  return before + after.map((rest) => `[token]${rest.replace(/^[\w.-]+/, '')}`).join('')
}
