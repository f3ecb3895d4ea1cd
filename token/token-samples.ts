/** Sample tokens for tests, and contexts in which tokens leak. */
import type { MintMark } from './mint-mark.ts'
import type { Secret } from './secret.ts'
import type { SeededNumbers } from './seeded-numbers.ts'
import { mintToken, randomBytesOfToken } from './token.ts'

export const sampleKey = Uint8Array.from({ length: 32 }, (_, at) => at + 1)

/** A token with random ID, generation and bytes, of varying length. */
export function sampleToken(mark: MintMark, numbers: SeededNumbers): Secret {
  const idCharacters = 15 + numbers.below(3)
  const id = Array.from({ length: idCharacters }, () => numbers.pick('0123456789abcdefghijklmnopqrstuv')).join('')
  const generation = numbers.pick([1, 9, 10, 4096, Number.MAX_SAFE_INTEGER])
  return mintToken({ mark, id: `at-${id}`, generation, key: sampleKey, random: numbers.bytes(randomBytesOfToken) })
}

/** The three fields of a GitHub custom pattern as one expression. Hyperscan's `\A` and `\z` are `^` and `$` here. */
export function finder(fields: { before: string; format: string; after: string }): RegExp {
  const before = fields.before.replace('\\A', '^')
  const after = fields.after.replace('\\z', '$')
  return new RegExp(`(?:${before})(${fields.format})(?:${after})`)
}

/** Texts in which secrets leak. */
export const leakContexts: readonly ((secret: string) => string)[] = [
  (secret) => secret,
  (secret) => `SCALR_TOKEN=${secret}`,
  (secret) => `export SCALR_TOKEN='${secret}'\n`,
  (secret) => `{"token":"${secret}","hostname":"example.scalr.io"}`,
  (secret) => `Authorization: Bearer ${secret}\r\nAccept: */*`,
  (secret) => `credentials "example.scalr.io" {\n  token = "${secret}"\n}\n`,
  (secret) => `<token>${secret}</token>`,
  (secret) => `https://example.scalr.io/?token=${secret}&page=1`,
]
