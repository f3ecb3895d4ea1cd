/** Heuristic whether a variable contains a secret: by its name, by known prefixes, and by randomness. */
export type SecretSign = 'name' | 'prefix' | 'random'

export function looksSecret(key: string, value: string): SecretSign | null {
  if (isSecretName(key)) return 'name'
  const text = value.trim()
  if (prefixes.some((each) => each.test(text))) return 'prefix'
  return partsOf(text).some(isRandom) ? 'random' : null
}

const secretWords =
  /^(?:tokens?|secrets?|passwords?|passwd|pwd|pass|passphrase|credentials?|creds|keys?|apikey|pat|private)$/
/** `TOKEN_URL` and `KEY_ID` describe a secret but do not contain it. */
const aboutWords =
  /^(?:id|ids|name|names|url|uri|endpoint|file|path|dir|type|length|size|ttl|expiry|days|hours|minutes|count|region|arn|version|alias|enabled|algorithm|usage)$/

function isSecretName(key: string): boolean {
  const words = key
    .replace(/([a-z\d])([A-Z])/g, '$1_$2')
    .toLowerCase()
    .split(/[^a-z]+/)
    .filter((word) => word !== '')
  const last = words.at(-1) ?? ''
  return !aboutWords.test(last) && !words.includes('public') && words.some((word) => secretWords.test(word))
}

const prefixes: readonly RegExp[] = [
  /^eyJ[\w-]{8,}\.[\w-]+\.[\w-]*/,
  /-----BEGIN [A-Z ]*PRIVATE KEY-----/,
  /^(?:gh[opusr]|glpat|glrt|gldt|npm|dop_v1|shpat|shpss|pypi|hf|lin_api|sntrys|ATATT3)[_-]?\w{16,}/,
  /^github_pat_\w{20,}/,
  /^xox[abeoprs]-[\w-]{10,}/,
  /^(?:AKIA|ASIA)[A-Z\d]{16}$/,
  /^(?:sk|rk|pk|whsec|SG|hvs|hvb|AIza|AGE-SECRET-KEY-1)[-_.]?(?:live|test|proj|ant)?[-_]?[\w.-]{20,}$/,
  /^\w{14}\.atlasv1\.\w{20,}/,
  // A password in a URL.
  /^[a-z][a-z\d+.-]*:\/\/[^\s/:@]+:[^\s/@]+@/i,
]

/** Splits at dashes, dots and slashes: short parts are rarely secrets. */
const partsOf = (text: string): string[] =>
  /\s/.test(text) || digest.test(text) || uuid.test(text) ? [] : text.split(/[-_./:,@]+/)
const digest = /^sha(?:256|384|512)[:-]/i
const uuid = /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/i

const shortest = 20
const bitsMin = 3.5
const hexBitsMin = 3

function isRandom(part: string): boolean {
  if (part.length < shortest || !/\d/.test(part) || !/[A-Za-z]/.test(part)) return false
  if (/^[\da-f]+$/i.test(part)) return part.length >= 32 && bitsPerCharacter(part) >= hexBitsMin
  return /^[\w+=]+$/.test(part) && bitsPerCharacter(part) >= bitsMin
}

/** Shannon entropy in bits per character. */
export function bitsPerCharacter(text: string): number {
  const counts = new Map<string, number>()
  for (const character of text) counts.set(character, (counts.get(character) ?? 0) + 1)
  let bits = 0
  for (const count of counts.values()) bits -= (count / text.length) * Math.log2(count / text.length)
  return bits
}
