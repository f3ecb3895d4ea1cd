import assert from 'node:assert/strict'
import { test } from 'node:test'
import { difference, levelOf, levelsOf, resourcePermissions, wildcardOver, withLevel } from './permission-levels.ts'

const of = (resource: string) => {
  const found = resourcePermissions.find((each) => each.resource === resource)
  assert.ok(found, resource)
  return found
}

test('the level of a resource follows from its basic permissions alone', () => {
  const workspaces = of('workspaces')
  const all = ['create', 'read', 'update', 'delete'].map((action) => `workspaces:${action}`)
  for (const [chosen, level] of [
    [[], 'none'],
    [['workspaces:lock'], 'none'],
    [['tags:read'], 'none'],
    [['workspaces:read'], 'read'],
    [['workspaces:read', 'workspaces:lock'], 'read'],
    [['workspaces:update'], 'custom'],
    [['workspaces:read', 'workspaces:update'], 'custom'],
    [all, 'write'],
  ] as const)
    assert.equal(levelOf(workspaces, new Set(chosen)), level, chosen.join())
  assert.equal(levelOf(of('access-policies'), new Set(['access-policies:read'])), 'read')
})

test('a resource offers only levels that its permissions distinguish', () => {
  assert.deepEqual(levelsOf(of('workspaces')), ['none', 'read', 'write', 'custom'])
  assert.deepEqual(levelsOf(of('audit-events')), ['none', 'read'])
  assert.deepEqual(levelsOf(of('plans')), [])
})

test('another level changes the basic permissions of this resource only', () => {
  const before = new Set(['workspaces:lock', 'workspaces:update', 'tags:read'])
  const after = (level: Parameters<typeof withLevel>[1]) => [...withLevel(of('workspaces'), level, before)].toSorted()
  const kept = ['tags:read', 'workspaces:lock']
  assert.deepEqual(after('none'), kept)
  assert.deepEqual(after('read'), [...kept, 'workspaces:read'])
  assert.deepEqual(after('custom'), [...before].toSorted())
  assert.deepEqual(
    after('write'),
    [...kept, ...['create', 'read', 'update', 'delete'].map((action) => `workspaces:${action}`)].toSorted(),
  )
  for (const level of levelsOf(of('workspaces')))
    if (level !== 'custom') assert.equal(levelOf(of('workspaces'), withLevel(of('workspaces'), level, before)), level)
})

test('differences resolve wildcards', () => {
  assert.equal(wildcardOver(new Set(['tags:*', 'teams:read']), 'tags:read'), 'tags:*')
  assert.equal(wildcardOver(new Set(['tags:read']), 'tags:read'), undefined)
  const { added, missing } = difference(['tags:*'], ['tags:read', 'teams:read'])
  assert.deepEqual(missing, ['teams:read'])
  assert.deepEqual(added.toSorted(), ['tags:*', 'tags:create', 'tags:delete', 'tags:update'])
})
