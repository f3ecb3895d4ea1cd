/** The migration derives who created the tokens and assume policies of service accounts, on both databases. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { rawSql } from '../../testing/raw-sql.ts'
import { emptyStores } from '../../testing/stores.ts'
import { openDatabase } from './database.ts'
import { vouchersBefore, vouchersOfPoliciesBefore } from './migrations/0017-vouchers.ts'

/** Tokens of `sa-1`: id, who created it, with which token, its predecessor; then the voucher and its token after the upgrade. */
const tokens = [
  ['at-01', 'user-1', 'at-91', null, 'user-1', null],
  ['at-02', 'sa-1', 'at-01', 'at-01', 'user-1', null],
  ['at-03', 'sa-1', 'at-02', 'at-02', 'user-1', null],
  ['at-04', 'user-2', 'at-92', 'at-03', 'user-2', null],
  ['at-05', 'sa-1', 'at-04', 'at-04', 'user-2', null],
  ['at-11', 'sa-2', 'at-93', null, 'sa-2', null],
  ['at-12', 'sa-1', 'at-11', 'at-11', 'sa-2', null],
  ['at-13', 'sa-2', 'at-narrow', 'at-12', 'sa-2', 'at-narrow'],
  ['at-14', 'sa-1', 'at-13', 'at-13', 'sa-2', 'at-narrow'],
  // Created for its own owner without a rotation; its predecessor was purged, so the creator is unknown.
  ['at-21', 'sa-1', 'at-01', null, 'sa-1', null],
  ['at-22', 'sa-1', 'at-21', 'at-21', 'sa-1', null],
  ['at-23', 'sa-1', 'at-00', 'at-00', 'sa-1', null],
  ['at-24', null, null, null, null, null],
  ['at-25', null, null, 'at-01', null, null],
] as const

for (const [kind, store] of Object.entries(emptyStores))
  test(`${kind}: the upgrade derives the vouchers of service account tokens`, async (t) => {
    const database = await openDatabase(await store(t))
    t.after(() => database.close())
    const text = (value: string | null) => (value === null ? 'null' : `'${value}'`)
    const insert = (id: string, creator: string | null, predecessor: string | null, permissions: string | null) => {
      const hash = database.kind === 'sqlite' ? `cast('${id}' as blob)` : `'${id}'::bytea`
      // The previous version recorded users only.
      const person = text(creator?.startsWith('user-') ? creator : null)
      return rawSql(
        database,
        `insert into access_tokens (id, hash, generation, last_characters, owner_kind, owner_id, created_at, family, predecessor_id, created_by_id, vouched_by_id, permissions)
         values ('${id}', ${hash}, 1, '${id}', 'service-account', 'sa-1', '2030-01-01T00:00:00.000Z', 'at-01', ${text(predecessor)}, ${person}, ${person}, ${text(permissions)})`,
      )
    }
    await insert('at-narrow', 'user-1', null, '["service-accounts:*"]')
    for (const [id, creator, creating, predecessor] of tokens) {
      await insert(id, creator, predecessor, null)
      if (creator === null) continue
      const type = creator.startsWith('user-') ? 'users' : 'service-accounts'
      await rawSql(
        database,
        `insert into audit_events (id, action, at, actor_type, actor_id, token_id, subject_type, subject_id, times)
         values ('ae-${id}', 'access-tokens.minted', '2030-01-01T00:00:00.000Z', '${type}', '${creator}', '${creating}', 'access-tokens', '${id}', 1)`,
      )
    }
    for (const statement of vouchersBefore) await rawSql(database, statement)
    const rows = (await rawSql(
      database,
      "select id, vouched_by_id, vouched_token_id from access_tokens where id <> 'at-narrow' order by id",
    )) as { id: string; vouchedById: string | null; vouchedTokenId: string | null }[]
    assert.deepEqual(
      rows.map(({ id, vouchedById, vouchedTokenId }) => [id, vouchedById, vouchedTokenId]),
      tokens.map(([id, , , , voucher, token]) => [id, voucher, token]),
    )
  })

for (const [kind, store] of Object.entries(emptyStores))
  test(`${kind}: the upgrade derives the vouchers of assume policies, and none if two users wrote a policy`, async (t) => {
    const database = await openDatabase(await store(t))
    t.after(() => database.close())
    const at = '2030-01-01T00:00:00.000Z'
    await rawSql(
      database,
      `insert into accounts (id, name, created_at, allowed_ips, support_access_enabled) values ('acc-1', 'a', '${at}', '[]', 0)`,
    )
    await rawSql(
      database,
      `insert into service_accounts (id, account_id, name, email, status, created_at) values ('sa-1', 'acc-1', 's', 's@x.example', 'Active', '${at}')`,
    )
    await rawSql(
      database,
      `insert into workload_identity_providers (id, account_id, name, url, allowed_audiences, status, created_at)
       values ('wip-1', 'acc-1', 'p', 'https://x.example', '[]', 'pending', '${at}')`,
    )
    /** Who created and who changed the policy; then the expected voucher. */
    const policies = [
      ['user-1', [], 'user-1'],
      ['sa-2', ['sa-2'], 'sa-2'],
      ['user-1', ['user-1', 'user-2'], null],
    ] as const
    for (const [i, [creator, changers]] of policies.entries()) {
      const id = `asap-${i}`
      await rawSql(
        database,
        `insert into assume_policies (id, account_id, service_account_id, provider_id, name, claim_conditions, maximum_session_duration, created_at)
         values ('${id}', 'acc-1', 'sa-1', 'wip-1', '${id}', '[]', 3600, '${at}')`,
      )
      for (const [k, actor] of [creator, ...changers].entries())
        await rawSql(
          database,
          `insert into audit_events (id, action, at, actor_type, actor_id, subject_type, subject_id, times)
           values ('ae-${i}-${k}', 'assume-service-account-policies.${k === 0 ? 'created' : 'updated'}', '${at}', 'users', '${actor}', 'assume-service-account-policies', '${id}', 1)`,
        )
    }
    for (const statement of vouchersOfPoliciesBefore) await rawSql(database, statement)
    const rows = (await rawSql(database, 'select vouched_by_id from assume_policies order by id')) as {
      vouchedById: string | null
    }[]
    assert.deepEqual(
      rows.map(({ vouchedById }) => vouchedById),
      policies.map(([, , voucher]) => voucher),
    )
  })
