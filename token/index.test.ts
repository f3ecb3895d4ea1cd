import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as entry from './index.ts'

test('the entry exports exactly these values', () => {
  assert.deepEqual(Object.keys(entry).sort(), [
    'BadFingerprints',
    'InvalidText',
    'Secret',
    'compactTokensIn',
    'coversNarrowing',
    'coversPermission',
    'coversRights',
    'coversScope',
    'decodeText',
    'effectiveGrants',
    'fingerprintOf',
    'fingerprintsHead',
    'hashToken',
    'headerLiteral',
    'holdsToken',
    'isSignedBy',
    'lastCharacters',
    'looksLikeToken',
    'may',
    'mayAnywhere',
    'mintMark',
    'mintToken',
    'parseToken',
    'patterns',
    'randomBytesOfToken',
    'readFingerprints',
    'replaceCompactTokens',
    'ruleFile',
    'ruleFormats',
    'ruleId',
    'signCompact',
  ])
})
