/** Finds compact JWS (RFC 7515) in text from strangers. One pass: the time is linear in the length of any text. */

const start = 'eyJ'

interface Span {
  readonly from: number
  readonly to: number
}

/** What may be a token in a text that people paste, each once and at most `most` of them: any compact JWS, whatever stands around it. */
export function compactTokensIn(text: string, most = Number.POSITIVE_INFINITY): string[] {
  const found = new Set<string>()
  for (const { from, to } of spansIn(text, 1)) {
    if (found.size >= most) break
    found.add(text.slice(from, to))
  }
  return [...found]
}

/** The text with each compact JWS replaced, also one whose signature is missing. */
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
 * A pattern such as `eyJ[\w-]+\.[\w-]+\.[\w-]+` would start again at each `eyJ` and read the rest each time: quadratic.
 * Here each run of token characters is read once, and each of its segments is looked at once.
 */
function* spansIn(text: string, signatureMin: 0 | 1): Generator<Span> {
  for (const run of text.matchAll(/[\w.-]+/g)) {
    // Nearly every word of a text: two comparisons and nothing is kept of it.
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
