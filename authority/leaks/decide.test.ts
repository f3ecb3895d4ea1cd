import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { LeakRules, RuleAction } from '../tokens/security-rules/rules.ts'
import { confidenceOf, decide, decideStrictest } from './decide.ts'

const rules: LeakRules = {
  public: 'rotate',
  private: 'notify',
  overlap: 5,
  sources: [
    { source: 'pypi', confidence: 'no-location', action: 'notify' },
    { source: 'gitlab', confidence: null, action: 'revoke' },
    { source: 'pypi', action: 'revoke' },
  ],
}

test('the action is that of the first matching exception, then that of the visibility', () => {
  const cases = [
    ['github', 'confirmed', 'public', 'rotate'],
    ['github', 'no-location', 'unknown', 'rotate'],
    ['github', 'confirmed', 'private', 'notify'],
    ['gitlab', 'confirmed', 'private', 'revoke'],
    ['pypi', 'no-location', 'public', 'notify'],
    ['pypi', 'confirmed', 'private', 'revoke'],
  ] as const
  for (const [source, confidence, locationKind, answer] of cases)
    assert.equal(decide(rules, { source, confidence, locationKind }), answer, `${source} ${confidence} ${locationKind}`)
})

test('a report by a holder always revokes', () => {
  const lenient: LeakRules = { ...rules, public: 'notify', sources: [{ source: 'holder', action: 'notify' }] }
  for (const locationKind of ['public', 'private', 'unknown'] as const)
    assert.equal(decide(lenient, { source: 'holder', confidence: 'claimed', locationKind }), 'revoke')
})

test('a location is confirmed if an authenticated reporter names a part of it, and claimed if a holder does', () => {
  const parts = [{ repository: 'org/repo' }, { path: 'a' }, { commit: 'abcdef1' }, { url: 'https://git.example.com/a' }]
  for (const part of parts) {
    assert.equal(confidenceOf('github', part), 'confirmed')
    assert.equal(confidenceOf('holder', part), 'claimed')
  }
  assert.equal(confidenceOf('github', { repository: null, path: null, commit: null, url: null }), 'no-location')
  assert.equal(confidenceOf('github', {}), 'no-location')
  assert.equal(confidenceOf('holder', {}), 'claimed')
})

test('of several accounts the strictest action applies, with the shortest overlap of those that require it', () => {
  const account = (action: RuleAction, overlap: number): LeakRules => ({
    public: action,
    private: 'notify',
    overlap,
    sources: [],
  })
  const cases: [accounts: LeakRules[], action: RuleAction, overlap: number][] = [
    [[account('notify', 3)], 'notify', 3],
    [[account('notify', 1), account('rotate', 9), account('rotate', 7)], 'rotate', 7],
    [[account('rotate', 7), account('rotate', 9), account('notify', 1)], 'rotate', 7],
    [[account('rotate', 1), account('revoke', 8), account('notify', 2)], 'revoke', 8],
    // A token that concerns no account.
    [[], 'revoke', Number.POSITIVE_INFINITY],
  ]
  for (const [accounts, action, overlap] of cases)
    assert.deepEqual(decideStrictest(accounts, { source: 'github', confidence: 'confirmed', locationKind: 'public' }), {
      action,
      overlap,
    })
})
