/**
 * token: the format, mint mark, hash and rights of tokens. Pure functions: it performs no I/O, reads no clock, generates
 * no random numbers, stores no secrets, and depends only on `node:crypto`. It decides whether a string has the format of
 * a token and who signed it, but not whether the token is valid, which the database row decides.
 */
export { compactTokensIn, replaceCompactTokens } from './compact-tokens.ts'
export {
  BadFingerprints,
  type Fingerprints,
  type FingerprintsHead,
  fingerprintOf,
  fingerprintsHead,
  readFingerprints,
} from './fingerprints.ts'
export { hashToken } from './hash.ts'
export { headerLiteral, holdsToken, type MintMark, mintMark, patterns } from './mint-mark.ts'
export {
  coversNarrowing,
  coversPermission,
  coversRights,
  coversScope,
  effectiveGrants,
  type Grant,
  may,
  mayAnywhere,
  type Narrowing,
  type Rights,
  type ScopePath,
} from './rights.ts'
export { type RuleFormat, ruleFile, ruleFormats, ruleId } from './rule-files.ts'
export { Secret } from './secret.ts'
export { decodeText, InvalidText } from './text.ts'
export {
  isSignedBy,
  lastCharacters,
  looksLikeToken,
  mintToken,
  parseToken,
  randomBytesOfToken,
  signCompact,
} from './token.ts'
