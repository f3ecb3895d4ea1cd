/** Derived from the declarations: these tests cover every operation, including new ones. */
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { allOperations, type Operation } from '@mintmark/contract'
import { creatable, type Everything, inputFor, startEverything } from '../testing/everything.ts'
import type { Answer } from '../testing/kit.ts'
import { rawSql } from '../testing/raw-sql.ts'

const cleanups: (() => unknown)[] = []
let everything: Everything
let deedsBefore = 0

before(async () => {
  everything = await startEverything({ after: (end?: unknown) => void cleanups.push(end as () => unknown) })
  deedsBefore = await countChanges()
})
after(async () => {
  for (const end of cleanups.reverse()) await end()
})

describe('every operation is refused', { concurrency: false }, () => {
  for (const operation of allOperations) {
    test(`${operation.id} without authentication: 401, revealing nothing`, async () => {
      const refused = await ask(operation, null)
      assert.equal(refused.status, 401)
      assert.equal(refused.json.errors[0].code, 'no-token')
      assert.match(String(refused.headers['www-authenticate']), /^Bearer realm=/)
    })

    test(`${operation.id} to a caller of another account as if the object did not exist`, async () => {
      const refused = await ask(operation, everything.tokens.otherAccount)
      if (isPlainList(operation) || isOwn(operation)) return assertNothingOfOthers(operation, refused)
      if (isWithinOwnAccount(operation)) return assertUnseen(operation, refused)
      assert.equal(refused.status, operation.permission === 'signed-in' ? 403 : 404, refused.text)
      assertNothingRevealed(refused)
    })

    test(`${operation.id} to a member without the permission`, async () => {
      const refused = await ask(operation, everything.tokens.member)
      if (isOwn(operation) || neededBySelf.has(operation.id)) return assertNothingOfOthers(operation, refused)
      assert.ok(refused.status === 403 || refused.status === 404, refused.text)
    })

    test(`${operation.id} to an administrator of a neighboring scope`, async () => {
      const refused = await ask(operation, everything.tokens.elsewhere)
      if (isPlainList(operation) || isOwn(operation)) return assertNothingOfOthers(operation, refused)
      assert.ok(refused.status === 403 || refused.status === 404, refused.text)
    })
  }

  test('and none of these requests changed anything', async () => {
    assert.equal(await countChanges(), deedsBefore)
  })
})

/** The permissions of the role `minimal access`: reading the account. */
const neededBySelf = new Set(['get_accounts', 'get_account', 'list_sso_bypass_users'])

/** A top-level list: returns only what the caller may see. */
const isPlainList = ({ kind, under }: Operation) => kind === 'list' && !under

/** Available with any valid token: one's own tokens and the permission catalogue. Only users create personal tokens. */
const isOwn = ({ permission, kind }: Operation) => permission === 'signed-in' && kind !== 'create'

/** Operations without an account in their path act on the caller's own account. */
const isWithinOwnAccount = ({ kind, resource, under, singleton, permission }: Operation) =>
  singleton ||
  (kind === 'create' &&
    !under &&
    !('account' in resource.relations) &&
    resource.type !== 'workspaces' &&
    permission !== 'signed-in')

async function ask(operation: Operation, token: string | null): Promise<Answer> {
  const body = bodyFor(operation)
  return everything.call(operation.method, everything.pathOf(operation), {
    token,
    ...(body === undefined ? {} : { body }),
    ...(operation.body ? { headers: { 'content-type': 'application/json' } } : {}),
  })
}

/** A valid document, so that only the missing permission can be the reason for a refusal. */
function bodyFor({ kind, resource, relation, inputDocument, body }: Operation): unknown {
  const { ids } = everything
  if (kind === 'create') {
    const creation = inputFor(resource.type, ids, 1_000).body
    // Names an account that is not the caller's: otherwise the object would be created in the caller's own.
    const account = { account: { data: { type: 'accounts', id: ids['accounts'] } } }
    const relationships =
      'account' in resource.relations && !('workspace' in creation.data.relationships) ? account : {}
    return { data: { ...creation.data, relationships: { ...creation.data.relationships, ...relationships } } }
  }
  if (kind === 'update') return { data: { type: resource.type, attributes: {}, relationships: {} } }
  if (inputDocument) return { data: { type: inputDocument.type, attributes: { email: 'new@mintmark.internal' } } }
  if (relation && kind !== 'list-members') {
    const type = resource.relations[relation]?.to as string
    return { data: [{ type, id: ids[type] }] }
  }
  return body ? {} : undefined
}

function assertNothingOfOthers(operation: Operation, answer: Answer): void {
  if (answer.status === 403) return
  assert.equal(answer.status, 200, answer.text)
  if (operation.unpaginated || neededBySelf.has(operation.id) || operation.resource.type === 'permissions') return
  const own = Object.values(everything.ids)
  const shared = new Set(['permissions', 'roles'])
  for (const { type, id } of answer.json.data ?? []) assert.ok(shared.has(type) || !own.includes(id), `${type} ${id}`)
}

async function assertUnseen({ resource, singleton }: Operation, { status, json }: Answer): Promise<void> {
  assert.ok(status === 200 || status === 201)
  if (singleton) {
    const own = await everything.call('GET', `/${resource.type}`)
    assert.notEqual(own.json.data.id, json.data.id)
  } else {
    assert.equal((await everything.call('GET', `/${resource.type}/${json.data.id}`)).status, 404)
  }
}

function assertNothingRevealed(refused: Answer): void {
  const [error] = refused.json.errors
  assert.ok(!refused.text.includes('alpha'), refused.text)
  assert.match(
    error.title + (error.detail ?? ''),
    /not found or user unauthorized\.|Invalid Relationship|Only a person/,
  )
}

async function countChanges(): Promise<number> {
  await everything.authority.app.flush()
  const text = `select count(*) as count from audit_events where action <> 'access-tokens.refused' and account_id = '${everything.ids['accounts']}'`
  const [row] = (await rawSql(everything.authority.database, text)) as { count: number }[]
  return row?.count ?? -1
}

test('every type that can be created has a document that creates it', () => {
  const types = allOperations.filter(({ kind }) => kind === 'create').map(({ resource }) => resource.type)
  assert.deepEqual(
    [...new Set(types)].filter((type) => !(creatable as readonly string[]).includes(type)),
    [],
  )
})
