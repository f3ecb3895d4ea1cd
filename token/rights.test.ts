import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
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
import { type SeededNumbers, seededNumbers } from './seeded-numbers.ts'

const acc: ScopePath = { account: 'acc-1' }
const env: ScopePath = { account: 'acc-1', environment: 'env-1' }
const ws: ScopePath = { account: 'acc-1', environment: 'env-1', workspace: 'ws-1' }
const env2: ScopePath = { account: 'acc-1', environment: 'env-2' }
const ws2: ScopePath = { account: 'acc-1', environment: 'env-1', workspace: 'ws-2' }
const ws3: ScopePath = { account: 'acc-1', environment: 'env-2', workspace: 'ws-3' }
const acc2: ScopePath = { account: 'acc-2' }

const grant = (scope: ScopePath, ...permissions: string[]): Grant => ({ scope, permissions })
const rights = (grants: Grant[], narrowing?: Narrowing | null): Rights => ({ grants, narrowing: narrowing ?? null })

const permissionCases: [held: string, wanted: string, covers: boolean][] = [
  ['teams:read', 'teams:read', true],
  ['teams:read', 'teams:update', false],
  ['teams:read', 'users:read', false],
  ['teams:read', 'teams:reads', false],
  ['teams:read', 'team:read', false],
  ['team:read', 'teams:read', false],
  ['teams:read', 'teams:rea', false],
  ['ab:cd', 'xb:cd', false],
  ['*:*', 'teams:read', true],
  ['*:*', '*:*', true],
  ['*:*', 'teams:*', true],
  ['*:*', '*:read', true],
  ['*:read', 'teams:read', true],
  ['*:read', 'teams:update', false],
  ['*:read', '*:read', true],
  ['*:read', 'teams:*', false],
  ['*:read', '*:*', false],
  ['teams:*', 'teams:read', true],
  ['teams:*', 'teams:*', true],
  ['teams:*', 'users:read', false],
  ['teams:*', 'teamsters:read', false],
  ['teams:*', '*:read', false],
  ['teams:*', '*:*', false],
  ['teams:read', 'teams:*', false],
  ['teams:read', '*:read', false],
  ['teams:re*', 'teams:read', false],
  ['te*:read', 'teams:read', false],
  ['**:read', 'teams:read', false],
  ['teams:**', 'teams:read', false],
  ['*a:*', 'teams:read', false],
  ['Teams:read', 'teams:read', false],
  ['teams: read', 'teams:read', false],
  // Malformed permissions cover nothing and are not covered, not even by themselves.
  ['', '', false],
  ['*', 'teams:read', false],
  ['*', '*', false],
  ['*:*', '*', false],
  ['*:*', '', false],
  ['*:*', ':', false],
  ['*:*', 'teams', false],
  ['*:*', 'teams:', false],
  ['*:*', ':read', false],
  ['*:*', 'teams:read:all', false],
  ['*:*:*', 'teams:read', false],
  ['*:', 'teams:read', false],
  [':*', 'teams:read', false],
  ['teams', 'teams', false],
  ['teams::read', 'teams::read', false],
]

const scopeCases: [held: ScopePath, wanted: ScopePath, covers: boolean][] = [
  [acc, acc, true],
  [acc, env, true],
  [acc, ws, true],
  [acc, acc2, false],
  [acc, { ...ws, account: 'acc-2' }, false],
  [env, env, true],
  [env, ws, true],
  [env, acc, false],
  [env, env2, false],
  [env, ws3, false],
  [env, { ...env, account: 'acc-2' }, false],
  [env, { account: 'acc-1', workspace: 'ws-1' }, false],
  [ws, ws, true],
  [ws, ws2, false],
  [ws, env, false],
  [ws, acc, false],
  [ws, { ...ws, environment: 'env-2' }, false],
  [{ account: 'acc-1', environment: null, workspace: null }, ws, true],
  [{ ...env, workspace: null }, ws, true],
  [acc, { account: 'acc-1', environment: null, workspace: null }, true],
  // An empty string is an error, not "everything below".
  [{ account: 'acc-1', environment: '' }, env, false],
  [{ ...env, workspace: '' }, ws, false],
]

const mayCases: [what: string, rights: Rights, permission: string, scope: ScopePath, may: boolean][] = [
  ['no grants', rights([]), 'teams:read', acc, false],
  ['a grant without permissions', rights([grant(acc)]), 'teams:read', acc, false],
  ['a grant at the account', rights([grant(acc, 'teams:read')]), 'teams:read', ws, true],
  ['a grant at the environment', rights([grant(env, 'teams:read')]), 'teams:read', acc, false],
  ['another permission', rights([grant(acc, 'teams:read')]), 'teams:update', acc, false],
  ['the second of two grants', rights([grant(env2, '*:*'), grant(env, 'runs:read')]), 'runs:read', ws, true],
  [
    'permission of one grant, scope of another',
    rights([grant(env2, '*:*'), grant(env, 'runs:read')]),
    'runs:create',
    ws,
    false,
  ],
  ['a malformed grant', rights([grant(acc, '*', 'teams', '')]), 'teams:read', acc, false],
  ['a malformed narrowing', rights([grant(acc, '*:*')]), 'teams', acc, false],
  ['narrowing null', rights([grant(acc, '*:*')], null), 'teams:read', acc, true],
  ['narrowing empty', rights([grant(acc, '*:*')], {}), 'teams:read', acc, true],
  ['narrowing of nulls', rights([grant(acc, '*:*')], { permissions: null, scopes: null }), 'teams:read', acc, true],
  ['no permission left', rights([grant(acc, '*:*')], { permissions: [] }), 'teams:read', acc, false],
  ['no scope left', rights([grant(acc, '*:*')], { scopes: [] }), 'teams:read', acc, false],
  ['permission kept', rights([grant(acc, '*:*')], { permissions: ['teams:*'] }), 'teams:read', ws, true],
  ['permission removed', rights([grant(acc, '*:*')], { permissions: ['teams:*'] }), 'users:read', ws, false],
  ['narrowing gives nothing', rights([grant(acc, 'teams:read')], { permissions: ['*:*'] }), 'teams:update', acc, false],
  ['malformed narrowing', rights([grant(acc, '*:*')], { permissions: ['*'] }), 'teams:read', acc, false],
  ['scope kept', rights([grant(acc, '*:*')], { scopes: [env] }), 'teams:read', ws, true],
  ['scope removed', rights([grant(acc, '*:*')], { scopes: [env] }), 'teams:read', ws3, false],
  ['above the narrowed scope', rights([grant(acc, '*:*')], { scopes: [env] }), 'teams:read', acc, false],
  ['a wider scope gives nothing', rights([grant(ws, '*:*')], { scopes: [acc] }), 'teams:read', ws2, false],
  ['both kept', rights([grant(acc, '*:read')], { permissions: ['teams:*'], scopes: [env] }), 'teams:read', env, true],
  [
    'one of both removed',
    rights([grant(acc, '*:read')], { permissions: ['teams:*'], scopes: [env] }),
    'teams:read',
    env2,
    false,
  ],
]

const effectiveCases: [what: string, rights: Rights, left: Grant[]][] = [
  ['not narrowed', rights([grant(acc, '*:*')]), [grant(acc, '*:*')]],
  ['patterns that cross', rights([grant(acc, '*:read')], { permissions: ['teams:*'] }), [grant(acc, 'teams:read')]],
  [
    'patterns that cross the other way',
    rights([grant(acc, 'teams:*')], { permissions: ['*:read'] }),
    [grant(acc, 'teams:read')],
  ],
  ['the narrower pattern', rights([grant(acc, '*:*')], { permissions: ['teams:*'] }), [grant(acc, 'teams:*')]],
  [
    'the same left twice',
    rights([grant(acc, '*:read', 'teams:*')], { permissions: ['teams:read'] }),
    [grant(acc, 'teams:read')],
  ],
  ['patterns apart', rights([grant(acc, 'teams:read')], { permissions: ['users:read', 'teams:update'] }), []],
  ['malformed on either side', rights([grant(acc, 'teams', '*')], { permissions: ['*:*', 'teams'] }), []],
  ['too many colons, held', rights([grant(acc, 'teams:read:all')], { permissions: ['*:*'] }), []],
  ['too many colons, wished', rights([grant(acc, '*:*')], { permissions: ['teams:read:all'] }), []],
  [
    'the narrower scope, wished',
    rights([grant(acc, '*:*')], { scopes: [env, ws3] }),
    [grant(env, '*:*'), grant(ws3, '*:*')],
  ],
  ['the narrower scope, held', rights([grant(ws, '*:*')], { scopes: [acc] }), [grant(ws, '*:*')]],
  ['scopes apart', rights([grant(env, '*:*')], { scopes: [env2, acc2] }), []],
  ['nothing', rights([grant(acc, '*:*')], { permissions: [], scopes: [acc] }), []],
]

const coversCases: [what: string, held: Rights, wanted: Rights, covers: boolean][] = [
  ['nothing by nothing', rights([]), rights([]), true],
  ['something by nothing', rights([]), rights([grant(ws, 'teams:read')]), false],
  ['the same', rights([grant(env, 'teams:*')]), rights([grant(env, 'teams:*')]), true],
  ['less of both', rights([grant(acc, '*:read')]), rights([grant(ws, 'teams:read')]), true],
  ['a wider scope', rights([grant(env, '*:*')]), rights([grant(acc, 'teams:read')]), false],
  ['a wider permission', rights([grant(acc, 'teams:read')]), rights([grant(acc, 'teams:*')]), false],
  ['one of two not held', rights([grant(acc, 'teams:read')]), rights([grant(acc, 'teams:read', 'users:read')]), false],
  ['each by another grant', rights([grant(env, 'a:b'), grant(acc, 'c:d')]), rights([grant(ws, 'a:b', 'c:d')]), true],
  [
    'permission of one, scope of another',
    rights([grant(env, '*:*'), grant(acc, 'a:b')]),
    rights([grant(acc, 'c:d')]),
    false,
  ],
  ['the holder is narrowed', rights([grant(acc, '*:*')], { permissions: ['a:b'] }), rights([grant(acc, 'c:d')]), false],
  [
    'a narrowing is limited to the rights that are held',
    rights([grant(env, 'a:b')]),
    rights([grant(acc, '*:*')], { permissions: ['a:b'], scopes: [env] }),
    true,
  ],
  ['a malformed narrowing', rights([grant(acc, '*:*')]), rights([grant(acc, 'teams')]), false],
]

test('a permission pattern covers exactly the matching permissions', () => {
  for (const [held, wanted, covers] of permissionCases) {
    assert.equal(coversPermission(held, wanted), covers, `${held} over ${wanted}`)
  }
})

test('a scope covers itself and the scopes within it', () => {
  for (const [held, wanted, covers] of scopeCases) {
    assert.equal(coversScope(held, wanted), covers, `${JSON.stringify(held)} over ${JSON.stringify(wanted)}`)
  }
})

test('a token has the rights that its owner holds and its narrowing allows', () => {
  for (const [what, given, permission, scope, expected] of mayCases) {
    assert.equal(may(given, permission, scope), expected, what)
  }
})

test('the effective grants are the intersection of grants and narrowing', () => {
  for (const [what, given, left] of effectiveCases) assert.deepEqual(effectiveGrants(given), left, what)
})

test('rights that are not held are not covered', () => {
  for (const [what, held, wanted, covers] of coversCases) assert.equal(coversRights(held, wanted), covers, what)
})

test('a narrowing covers another if it allows everything that the other allows', () => {
  const [account, workspace] = [{ account: 'a' }, { account: 'a', environment: 'e', workspace: 'w' }]
  const cases: [held: Narrowing | null, wanted: Narrowing | null, covers: boolean][] = [
    [null, null, true],
    [null, { permissions: ['teams:read'] }, true],
    [{ permissions: ['teams:*'] }, null, false],
    [{ permissions: ['teams:*'] }, { permissions: ['teams:read'] }, true],
    [{ permissions: ['teams:read'] }, { permissions: ['teams:*'] }, false],
    [{ permissions: ['teams:read'] }, { permissions: ['teams:read', 'roles:read'] }, false],
    [{ permissions: [] }, { permissions: [] }, true],
    [{ permissions: ['teams:read'] }, { permissions: null, scopes: [workspace] }, false],
    [{ scopes: [account] }, { scopes: [workspace] }, true],
    [{ scopes: [workspace] }, { scopes: [account] }, false],
    [{ scopes: [account] }, { permissions: ['teams:read'] }, false],
    [{ scopes: [account] }, null, false],
    [{ permissions: ['teams:*'], scopes: [account] }, null, false],
    [{ scopes: [] }, { scopes: [] }, true],
    [{ scopes: [] }, { scopes: [workspace] }, false],
    [{ permissions: ['*:*'], scopes: [account] }, { permissions: ['teams:read'], scopes: [workspace] }, true],
  ]
  for (const [held, wanted, covers] of cases)
    assert.equal(coversNarrowing(held, wanted), covers, JSON.stringify([held, wanted]))
})

test('mayAnywhere is true exactly if some effective grant allows it', () => {
  assert.ok(mayAnywhere(rights([grant(ws, 'teams:*')]), 'teams:read'))
  assert.ok(!mayAnywhere(rights([grant(ws, 'teams:*')]), 'users:read'))
  assert.ok(!mayAnywhere(rights([grant(ws, 'teams:*')], { scopes: [env2] }), 'teams:read'))
  assert.ok(!mayAnywhere(rights([grant(ws, 'teams:*')], { permissions: [] }), 'teams:read'))
  assert.ok(!mayAnywhere(rights([grant(ws, '*:*')]), 'teams'))
})

test('may, effectiveGrants and coversRights agree in 20,000 random cases', () => {
  const numbers = seededNumbers(5)
  const answers = { yes: 0, no: 0 }
  for (let i = 0; i < 20_000; i++) {
    const given = drawRights(numbers)
    const permission = drawPermission(numbers)
    const scope = drawScope(numbers)
    const answer = may(given, permission, scope)
    answers[answer ? 'yes' : 'no']++
    const what = JSON.stringify({ given, permission, scope })
    assert.equal(coversRights(given, rights([grant(scope, permission)])), answer, what)
    assert.ok(!answer || mayAnywhere(given, permission), what)
    assert.ok(!answer || may(rights([...given.grants]), permission, scope), what)
    assert.ok(coversRights(rights([...given.grants]), given), what)
  }
  assert.ok(answers.yes > 1000 && answers.no > 1000, JSON.stringify(answers))
})

test('the functions do not change their arguments', () => {
  const given = rights([grant(acc, '*:read', 'teams:*')], { permissions: ['teams:read'], scopes: [env] })
  const whole = rights([grant(acc, '*:read')])
  const before = structuredClone([given, whole])
  effectiveGrants(given).push(grant(acc, '*:*'))
  effectiveGrants(whole).push(grant(acc, '*:*'))
  coversRights(given, whole)
  assert.deepEqual([given, whole], before)
})

const drawPermission = (numbers: SeededNumbers): string =>
  `${numbers.pick(['*', 'a', 'b'])}:${numbers.pick(['*', 'c', 'd'])}`
const drawScope = (numbers: SeededNumbers): ScopePath => numbers.pick([acc, env, ws, env2, ws2, ws3, acc2])
const drawList = <T>(numbers: SeededNumbers, draw: (numbers: SeededNumbers) => T): T[] =>
  Array.from({ length: numbers.below(4) }, () => draw(numbers))

function drawRights(numbers: SeededNumbers): Rights {
  const grants = drawList(numbers, () => grant(drawScope(numbers), ...drawList(numbers, drawPermission)))
  const permissions = numbers.pick([null, drawList(numbers, drawPermission)])
  const scopes = numbers.pick([null, drawList(numbers, drawScope)])
  return rights(grants, numbers.pick([null, undefined, { permissions, scopes }]))
}
