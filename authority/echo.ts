/** How a value that a client sent is repeated in an error. */
import { limits } from '@mintmark/contract'
import { headerLiteral } from '@mintmark/token'

/**
 * The value exactly as it was sent, cut at `limits.echoedCharacters`; the serializer escapes it for JSON. A token is the
 * one thing that is not repeated: error texts end up in logs, and a token pasted into the wrong place is still a secret.
 */
export function echoed(text: string): string {
  const shown = withoutTokens(text)
  // By code points, so that no character is cut in half; a code point is at most two units long.
  const points = [...shown.slice(0, 2 * limits.echoedCharacters + 2)]
  return points.length <= limits.echoedCharacters ? shown : `${points.slice(0, limits.echoedCharacters).join('')}…`
}

/** Every token starts with the same header; what follows it up to the next character that no token has goes with it. */
function withoutTokens(text: string): string {
  const [before = '', ...after] = text.split(headerLiteral)
  return before + after.map((rest) => `[token]${rest.replace(/^[\w.-]+/, '')}`).join('')
}
