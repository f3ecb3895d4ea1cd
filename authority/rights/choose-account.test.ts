import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Narrowing } from '@mintmark/token'
import type { Context } from '../context.ts'
import { chooseAccount } from './choose-account.ts'

/** A caller who belongs to these accounts and may create teams in some of them. */
const caller = (
  accounts: readonly string[],
  allowed: readonly string[],
  narrowing: Narrowing | null = null,
): Context => {
  const grants = allowed.map((account) => ({ scope: { account }, permissions: ['teams:create'] }))
  return { actor: { accounts, rights: { grants, narrowing } } } as unknown as Context
}

test('an object is created in the account that is named, if the caller may create it there', () => {
  const both = caller(['one', 'two'], ['one', 'two'])
  assert.equal(chooseAccount(both, 'one', 'teams:create'), 'one')
  assert.equal(chooseAccount(both, 'two', 'teams:create'), 'two')
})

test('if none is named, it is created in the only account in which the caller may create it', () => {
  for (const named of [undefined, null, ''])
    for (const accounts of [['one'], ['one', 'two'], ['two', 'one', 'three']])
      assert.equal(chooseAccount(caller(accounts, ['one']), named, 'teams:create'), 'one')
})

test('a caller without the permission is refused, whether an account is named or not', () => {
  const refusal = { code: 'forbidden', message: 'This requires the permission teams:create on the account.' }
  const narrowed = caller(['one'], ['one'], { permissions: ['teams:read'] })
  for (const given of [caller(['one'], []), caller([], []), caller([], ['two']), caller(['one'], ['two']), narrowed])
    for (const named of ['one', undefined]) assert.throws(() => chooseAccount(given, named, 'teams:create'), refusal)
  assert.throws(() => chooseAccount(caller(['one'], ['one']), 'two', 'teams:create'), refusal)
})

test('a caller with the permission in several accounts has to name one', () => {
  assert.throws(() => chooseAccount(caller(['one', 'two'], ['one', 'two']), undefined, 'teams:create'), {
    code: 'invalid-relationship',
    faults: [{ detail: 'You belong to several accounts. Name one of them.', at: '/data/relationships/account' }],
  })
})
