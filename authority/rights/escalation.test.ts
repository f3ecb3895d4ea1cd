/** Every check is tried with exactly the required rights, and with one permission or one scope less. */
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import type { Grant, Narrowing } from '@mintmark/token'
import { type Authority, document, machine, startAuthority } from '../../testing/kit.ts'
import type { Context } from '../context.ts'
import * as checks from './escalation.ts'

const cleanups: (() => unknown)[] = []
let authority: Authority
let account = ''
let role = ''
let team = ''
let service = ''
/** Has the team's policy in one account, and is promised a policy in another that it has not joined. */
let person = ''
const other = 'acc-other'
const permissions = ['teams:read', 'runs:read']

before(async () => {
  authority = await startAuthority({ after: (end?: unknown) => void cleanups.push(end as () => unknown) })
  account = authority.prepared.account
  const { database, call } = authority
  const create = async (path: string, body: unknown) => (await call('POST', path, { body })).json.data
  const relations = { permissions: permissions.map((each) => ['permissions', each] as const) }
  role = (await create('/roles', document('roles', { name: 'reader' }, relations))).id
  const invited = document('users', { email: 'person@mintmark.internal' })
  person = (await create(`/accounts/${account}/actions/invite?include=user`, invited)).relationships.user.data.id
  team = (await create('/teams', document('teams', { name: 'readers' }, { users: [['users', person]] }))).id
  const policy = { account: ['accounts', account], team: ['teams', team], roles: [['roles', role]] } as const
  const { id } = await create('/access-policies', document('access-policies', {}, policy))
  service = (await machine(authority, 'ci', { permissions, scope: ['accounts', account] })).id
  await database.write(async (db) => {
    const row = await db.selectFrom('accounts').selectAll().executeTakeFirstOrThrow()
    await db
      .insertInto('accounts')
      .values({ ...row, id: other, name: 'other' })
      .execute()
    const given = await db.selectFrom('accessPolicies').selectAll().where('id', '=', id).executeTakeFirstOrThrow()
    await db
      .insertInto('accessPolicies')
      .values({ ...given, id: 'ap-promised', accountId: other, teamId: null, userId: person })
      .execute()
    await db.insertInto('accessPolicyRoles').values({ accessPolicyId: 'ap-promised', roleId: role }).execute()
  })
})
after(async () => {
  for (const end of cleanups.reverse()) await end()
})

const context = (grants: readonly Grant[], { id = 'somebody', narrowing = null as Narrowing | null } = {}): Context =>
  ({ db: authority.database.read, actor: { id, rights: { grants, narrowing } } }) as unknown as Context

const inAccount = (some: readonly string[], id = account): Grant => ({ scope: { account: id }, permissions: some })

const granting = { code: 'grants-more-than-held', message: 'This would grant more than you have.' }
const removing = { code: 'grants-more-than-held', message: 'This would take away more than you have.' }

type Check = (context: Context) => void | Promise<void>

/** Passes with all permissions in all `accounts`, and not without any one of them. */
async function assertRequires(check: Check, accounts: readonly string[], refusal: typeof granting): Promise<void> {
  const tried = async (grants: readonly Grant[]) => check(context(grants))
  await tried(accounts.map((id) => inAccount(permissions, id)))
  for (const missing of accounts) {
    const rest = accounts.filter((id) => id !== missing).map((id) => inAccount(permissions, id))
    for (const permission of permissions)
      await assert.rejects(tried([...rest, inAccount([permission], missing)]), refusal, `${missing} ${permission}`)
    const narrower = { scope: { account: missing, environment: 'env-1' }, permissions }
    await assert.rejects(tried([...rest, narrower]), refusal, missing)
  }
  await assert.rejects(tried([]), refusal)
}

describe('a caller needs every right that it', { concurrency: false }, () => {
  test('grants', () =>
    assertRequires((by) => checks.assertNoEscalation(by, { grants: [inAccount(permissions)] }), [account], granting))

  test('takes away', () =>
    assertRequires((by) => checks.assertMayRemoveFrom(by, { grants: [inAccount(permissions)] }), [account], removing))

  test('grants with roles', () =>
    assertRequires((by) => checks.assertNoEscalationByRoles(by, [role], { account }), [account], granting))

  test('takes away with roles', () =>
    assertRequires((by) => checks.assertMayRemoveRoles(by, [role], { account }), [account], removing))

  test('grants with teams', () =>
    assertRequires((by) => checks.assertNoEscalationByTeams(by, [team]), [account], granting))

  test('takes away with teams', () =>
    assertRequires((by) => checks.assertMayRemoveTeams(by, [team]), [account], removing))

  test('obtains by acting for a service account', () =>
    assertRequires((by) => checks.assertNoEscalationTo(by, 'service-account', service), [account], granting))

  test('takes away by stopping a service account', () =>
    assertRequires((by) => checks.assertMayRemoveRightsOf(by, 'service-account', service), [account], removing))

  test('obtains by acting for a user, in all accounts and with what the user is promised', () =>
    assertRequires((by) => checks.assertNoEscalationTo(by, 'user', person), [account, other], granting))

  test('takes away by stopping a user, in all accounts and with what the user is promised', () =>
    assertRequires((by) => checks.assertMayRemoveRightsOf(by, 'user', person), [account, other], removing))

  test('obtains by acting for a user in one account', async () => {
    for (const id of [account, other])
      await assertRequires((by) => checks.assertNoEscalationInAccount(by, id, person), [id], granting)
  })
})

test('roles, teams and subjects without rights need none', async () => {
  const nobody = context([])
  checks.assertNoEscalation(nobody, { grants: [] })
  checks.assertMayRemoveFrom(nobody, { grants: [inAccount([])] })
  await checks.assertNoEscalationByRoles(nobody, [], { account })
  await checks.assertMayRemoveRoles(nobody, [], { account })
  await checks.assertNoEscalationByTeams(nobody, [])
  await checks.assertMayRemoveTeams(nobody, [])
  await checks.assertNoEscalationTo(nobody, 'service-account', 'sa-nobody')
  await checks.assertNoEscalationInAccount(nobody, 'acc-nowhere', person)
})

test('a token may act for its own owner if it is not narrowed, even if it has fewer rights at the moment', async () => {
  const self = context([], { id: person })
  await checks.assertNoEscalationTo(self, 'user', person)
  await checks.assertMayRemoveRightsOf(self, 'user', person)
  const narrowed = context([inAccount(['*:*']), inAccount(['*:*'], other)], {
    id: person,
    narrowing: { permissions: ['teams:read'] },
  })
  await assert.rejects(checks.assertNoEscalationTo(narrowed, 'user', person), granting)
  await assert.rejects(checks.assertMayRemoveRightsOf(narrowed, 'user', person), removing)
})
