import assert from 'node:assert/strict'
import { test } from 'node:test'
import { stores } from '../../testing/killed-processes.ts'
import { openDatabase } from '../database/database.ts'
import { realWorld } from '../world.ts'
import { openKeys } from './open-keys.ts'
import { newSigningKey } from './signing-keys.ts'
import { DecryptionFailed, openVault } from './vault.ts'

const key = (byte: number) => new Uint8Array(32).fill(byte)

for (const kind of ['sqlite', 'postgres'] as const) {
  test(`${kind}: master keys and signing keys are reloaded, and keys that do not open the stored ones are rejected without a change`, async (t) => {
    const database = await openDatabase(await stores[kind](t))
    t.after(() => database.close())
    const first = new Map([[1, key(1)]])
    await database.write((db) => newSigningKey(db, openVault(realWorld, first), realWorld, 1))
    const { vault, signingKeys, reload } = await openKeys(database.read, realWorld, first)
    const seal = (account: string) => database.write((db) => vault.seal(db, account, 'x', 'secret'))
    const opens = async (account: string, sealed: Uint8Array) =>
      (await vault.open(database.read, account, 'x', sealed)).toString()
    const old = await seal('acc-a')
    assert.equal(signingKeys.current().generation, 1)

    const second = new Map([...first, [2, key(2)]])
    await database.write((db) => newSigningKey(db, openVault(realWorld, first), realWorld, 2))
    await reload(second)
    assert.equal(signingKeys.current().generation, 2)
    const fresh = await seal('acc-b')
    assert.deepEqual([await opens('acc-a', old), await opens('acc-b', fresh)], ['secret', 'secret'])

    for (const [what, keys] of [
      ['without the first', new Map([[2, key(2)]])],
      ['without the second', first],
      ['with another first', new Map([...second, [1, key(9)]])],
      ['with another second', new Map([...second, [2, key(9)]])],
    ] as const) {
      await assert.rejects(reload(keys), DecryptionFailed, what)
      await assert.rejects(openKeys(database.read, realWorld, keys), DecryptionFailed, what)
    }
    assert.deepEqual([await opens('acc-a', old), await opens('acc-b', fresh)], ['secret', 'secret'])
    assert.equal(signingKeys.current().generation, 2)
  })
}
