import assert from 'node:assert/strict'
import { test } from 'node:test'
import { accessTokens, vars, workspaces } from '@mintmark/contract'
import { columnLabel, columnText, titleOf } from './fields.ts'

test('labels are words, with abbreviations in capitals', () => {
  assert.deepEqual(['id', 'lastUsedAt', 'ownerId', 'hcl', 'isSystem'].map(titleOf), [
    'ID',
    'Last used',
    'Owner ID',
    'HCL',
    'Is system',
  ])
  assert.equal(columnLabel({ label: 'scope', of: [] }), 'scope')
})

test('values are printed for people: times, yes and no, lists, IDs of relations, the first value of several', () => {
  const text = (record: object, name: string) => columnText(accessTokens, record, name)
  assert.equal(text({ expiresAt: null }, 'expiresAt'), 'never')
  assert.equal(text({ expiresAt: '2030-01-31T12:34:56.789Z' }, 'expiresAt'), '2030-01-31 12:34 UTC')
  assert.equal(text({ isExpired: false }, 'isExpired'), 'no')
  assert.equal(text({ permissions: ['a:b', 'c:d'] }, 'permissions'), 'a:b, c:d')
  assert.equal(text({ createdById: 'user-1' }, 'createdBy'), 'user-1')
  assert.deepEqual(
    [text({}, 'name'), text({ name: null }, 'name'), text({ permissions: [] }, 'permissions')],
    [undefined, undefined, undefined],
  )
  assert.equal(columnText(workspaces, { hooks: { preInit: 'x' } }, 'hooks'), '{"preInit":"x"}')
  const scope = { label: 'scope', of: ['workspace', 'environment'] }
  assert.equal(columnText(vars, { workspaceId: null, environmentId: 'env-1' }, scope), 'env-1')
})
