/** Acknowledged writes survive a process that is killed in the middle of its work. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { deriveAuditKeys } from '../authority/audit/audit-keys.ts'
import { verifyChains } from '../authority/audit/verify.ts'
import { openDatabase } from '../authority/database/database.ts'
import { type ChildAuthority, startChild } from '../testing/child-authority.ts'
import { inParallel, stores } from '../testing/killed-processes.ts'
import { document, masterKeys } from '../testing/kit.ts'

const mints = 1_000

interface Kept {
  readonly id: string
  readonly token: string
}

async function mint(child: ChildAuthority, token: string, account: string, name: string): Promise<Kept> {
  const body = document('access-tokens', { name })
  const answer = await child.call('POST', `/service-accounts/${account}/access-tokens`, { token, body })
  assert.equal(answer.status, 201, answer.text)
  return { id: answer.json.data.id, token: answer.json.data.attributes.token }
}

for (const kind of ['sqlite', 'postgres'] as const) {
  test(`${kind}: a server killed while it creates ${mints} tokens loses no acknowledged one, and leaves no partial write`, async (t) => {
    const store = await stores[kind](t)
    const first = await startChild(t, store)
    const owner = first.prepared?.token as string
    const made = await first.call('POST', '/service-accounts', { body: document('service-accounts', { name: 'ci' }) })
    const account = made.json.data.id as string

    const answered: Kept[] = []
    let killed: Promise<void> | undefined
    const minting = inParallel(
      Array.from({ length: mints }, (_, i) => `token ${i}`),
      async (name) => {
        answered.push(await mint(first, owner, account, name))
        if (answered.length === mints / 2) killed = first.kill()
      },
    )
    await assert.rejects(minting, TypeError, 'pending requests get no response')
    await killed
    assert.ok(answered.length >= mints / 2 && answered.length < mints)

    const second = await startChild(t, store)
    assert.equal(second.prepared, null)
    await inParallel(answered, async ({ id, token }) => {
      const shown = await second.call('GET', '/access-tokens/self', { token })
      assert.equal(shown.json.data?.id, id, shown.text)
    })
    await mint(second, owner, account, 'after the fall')
    await second.stop()

    const database = await openDatabase(store)
    const tokens = await database.read.selectFrom('accessTokens').select('id').orderBy('id').execute()
    const events = await database.read
      .selectFrom('auditEvents')
      .select('subjectId as id')
      .where('action', '=', 'access-tokens.minted')
      .orderBy('subjectId')
      .execute()
    const changes = await database.read.selectFrom('changes').select('key as id').where('kind', '=', 'token').execute()
    const { chains } = await verifyChains(database.read, deriveAuditKeys(masterKeys))
    await database.close()
    assert.ok(chains.length > 0 && chains.every(({ broken }) => broken === null))
    assert.deepEqual(events, tokens, 'exactly one audit event per token')
    assert.deepEqual(new Set(changes.map(({ id }) => id)), new Set(tokens.map(({ id }) => id)))
  })
}
