/** Finds compact JWS (RFC 7515) in untrusted text, in time linear in its length. */

const start = 'eyJ'

interface Span {
  readonly from: number
  readonly to: number
}

/** Returns the distinct compact JWS in a text, at most `most`, whatever surrounds them. */
export function compactTokensIn(text: string, most = Number.POSITIVE_INFINITY): string[] {
  const found = new Set<string>()
  for (const { from, to } of spansIn(text, 1)) {
    if (found.size >= most) break
    found.add(text.slice(from, to))
  }
  return [...found]
}

/** Replaces each compact JWS in a text, also without a signature. */
export function replaceCompactTokens(text: string, replacement: string): string {
  let replaced = ''
  let done = 0
  for (const { from, to } of spansIn(text, 0)) {
    replaced += text.slice(done, from) + replacement
    done = to
  }
  return replaced + text.slice(done)
}

/**
 * A regular expression such as `eyJ[\w-]+\.[\w-]+\.[\w-]+` restarts at each `eyJ`, which takes quadratic time. This reads
 * each run of token characters and each of its segments once.
 */
function* spansIn(text: string, signatureMin: 0 | 1): Generator<Span> {
  for (const run of text.matchAll(/[\w.-]+/g)) {
    // The fast path, taken by nearly every word of a text.
    if (!run[0].includes(start)) continue
    yield* spansOfRun(run[0], run.index, signatureMin)
  }
}

function* spansOfRun(run: string, offset: number, signatureMin: 0 | 1): Generator<Span> {
  let header = 0
  while (header < run.length) {
    const headerEnd = run.indexOf('.', header)
    if (headerEnd < 0) return
    const payloadEnd = run.indexOf('.', headerEnd + 1)
    if (payloadEnd < 0) return
    const from = run.slice(header, headerEnd).indexOf(start)
    const signatureEnd = endOf(run, payloadEnd + 1)
    const isToken =
      from >= 0 &&
      header + from + start.length < headerEnd &&
      payloadEnd > headerEnd + 1 &&
      signatureEnd - payloadEnd - 1 >= signatureMin
    if (isToken) yield { from: offset + header + from, to: offset + signatureEnd }
    header = isToken ? signatureEnd + 1 : headerEnd + 1
  }
}

const endOf = (run: string, from: number): number => {
  const end = run.indexOf('.', from)
  return end < 0 ? run.length : end
}
