/** Strings that the rules must not match. */
import { type SeededNumbers, seededNumbers } from './seeded-numbers.ts'
import { signCompact } from './token.ts'
import { sampleKey } from './token-samples.ts'

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'

/** Signed tokens of the same length that do not have the mint mark. */
export const foreignTokens: readonly ((mark: string, numbers: SeededNumbers) => string)[] = [
  // Another header.
  (mark, numbers) => jwt({ alg: numbers.pick(['HS384', 'HS512', 'RS256', 'ES256', 'none']), typ: 'JWT' }, claims(mark)),
  (mark) => jwt({ typ: 'JWT', alg: 'HS256' }, claims(mark)),
  (mark, numbers) => jwt({ alg: 'HS256', typ: 'JWT', kid: numbers.below(1_000) }, claims(mark)),
  // Other issuers: a similar one, one with a prefix, and common ones.
  (mark, numbers) => jwt(header, claims(`${numbers.pick('GHJKL')}${mark.slice(1)}`, numbers)),
  (mark, numbers) => jwt(header, claims(`${numbers.pick('GHJKL')}${mark}`, numbers)),
  (_, numbers) => jwt(header, claims(numbers.pick(['joe', 'https://accounts.google.com', 'vault', 'scalr']), numbers)),
  // Our issuer in a position that the existing patterns do not match.
  (mark, numbers) => jwt(header, { iat: 1_700_000_000 + numbers.below(1e8), iss: mark }),
  (mark) => jwt(header, { iss: [mark] }),
  // A token in another case, or a part of a token.
  (mark, numbers) => jwt(header, claims(mark, numbers)).toLowerCase(),
  (mark, numbers) => jwt(header, claims(mark, numbers)).split('.').slice(1).join('.'),
  (mark, numbers) => jwt(header, claims(mark, numbers)).split('.').slice(0, 2).join('.'),
]

/** Tokens of the mint mark with missing or additional characters. */
export const malformedTokens: readonly ((token: string, numbers: SeededNumbers) => string)[] = [
  (token, numbers) => token.slice(0, -1 - numbers.below(43)),
  (token, numbers) => `${token}${numbers.pick('0Az')}${word(1 + numbers.below(60), numbers)}`,
  (token, numbers) => token.replace(/\.[^.]*\./, (payload) => `${payload.slice(0, 1 + 12 + numbers.below(8))}.`),
  (token) => token.replace(/\.[^.]*$/, '.'),
  (token) => token.replaceAll('.', numberedDots),
]

const header = { alg: 'HS256', typ: 'JWT' }
const numberedDots = '%2E'

const claims = (issuer: string, numbers = seededNumbers(1)) => ({
  iss: issuer,
  jti: `at-${word(15, numbers)}`,
  gen: 1,
  sec: word(32, numbers),
})

const word = (characters: number, numbers: SeededNumbers): string =>
  Array.from({ length: characters }, () => numbers.pick(alphabet)).join('')

function jwt(head: object, payload: object): string {
  const signingInput = [head, payload].map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.')
  return `${signingInput}.${signCompact(signingInput, sampleKey)}`
}
