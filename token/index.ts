/**
 * token: what a token is and what it may do. Here a token gets its bytes, its shape, its mint mark, its hash, and the
 * one function that decides rights. Bytes come in and values go out: this room never reads or writes anything, never
 * asks for the time, never makes a random number, never keeps a secret, and depends on nothing but `node:crypto`. It
 * says whether a string could be a token and who signed it, never whether it is still honoured: the stored row says that.
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
