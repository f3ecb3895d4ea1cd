import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as door from './index.ts'

test('the door offers exactly these values', () => {
  assert.deepEqual(Object.keys(door).sort(), [
    'Secret',
    'compactTokensIn',
    'coversPermission',
    'coversRights',
    'coversScope',
    'effectiveGrants',
    'hashToken',
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
    'ruleFile',
    'ruleFormats',
    'ruleId',
    'signCompact',
  ])
})
