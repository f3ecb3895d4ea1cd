import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test } from 'node:test'
import { temporaryFolder } from '../../testing/temporary-folder.ts'
import { openDatabase } from '../database/database.ts'
import { realWorld } from '../world.ts'
import { DecryptionFailed, type MasterKeys, openVault } from './vault.ts'

const one: MasterKeys = new Map([[1, Buffer.alloc(32, 1)]])
const both: MasterKeys = new Map([...one, [2, Buffer.alloc(32, 2)]])

async function temporaryDatabase(t: Parameters<typeof temporaryFolder>[0]) {
  const database = await openDatabase({ file: join(temporaryFolder(t), 'mintmark.db') })
  t.after(() => database.close())
  return database
}

test('a value can be decrypted in its own location only, and in no other row, column or account', async (t) => {
  const database = await temporaryDatabase(t)
  await database.write(async (db) => {
    const vault = openVault(realWorld, one)
    const sealed = await vault.seal(db, 'acc-a', 'variables/var-1/sealed', 'a secret')
    assert.equal((await vault.open(db, 'acc-a', 'variables/var-1/sealed', sealed)).toString(), 'a secret')
    assert.ok(!Buffer.from(sealed).includes('a secret'))
    await vault.seal(db, 'acc-b', 'x', 'y')
    for (const [account, location] of [
      ['acc-a', 'variables/var-2/sealed'],
      ['acc-a', 'variables/var-1/value'],
      ['acc-b', 'variables/var-1/sealed'],
    ] as const)
      await assert.rejects(() => vault.open(db, account, location, sealed), DecryptionFailed)
  })
})

test('altering any byte makes decryption fail', async (t) => {
  const database = await temporaryDatabase(t)
  await database.write(async (db) => {
    const vault = openVault(realWorld, one)
    const sealed = Buffer.from(await vault.seal(db, null, 'location', 'abc'))
    for (let at = 0; at < sealed.length; at++) {
      const altered = Buffer.from(sealed)
      altered[at] = (altered[at] as number) ^ 1
      await assert.rejects(() => vault.open(db, null, 'location', altered), DecryptionFailed)
    }
    for (const cut of [Buffer.alloc(0), sealed.subarray(0, 20)])
      await assert.rejects(() => vault.open(db, null, 'location', cut), DecryptionFailed)
  })
})

test('encrypting the same text twice gives different ciphertexts', async (t) => {
  const database = await temporaryDatabase(t)
  await database.write(async (db) => {
    const vault = openVault(realWorld, one)
    assert.notDeepEqual(await vault.seal(db, null, 'p', 'x'), await vault.seal(db, null, 'p', 'x'))
  })
})

test('values of an older master key generation can be decrypted after a rotation, and a wrong key decrypts nothing', async (t) => {
  const database = await temporaryDatabase(t)
  await database.write(async (db) => {
    const sealed = await openVault(realWorld, one).seal(db, 'acc-a', 'p', 'old')
    const newer = openVault(realWorld, both)
    assert.equal((await newer.open(db, 'acc-a', 'p', sealed)).toString(), 'old')
    const fresh = await newer.seal(db, 'acc-b', 'p', 'new')
    await assert.rejects(() => openVault(realWorld, one).open(db, 'acc-b', 'p', fresh), DecryptionFailed)
    await assert.rejects(
      () => openVault(realWorld, new Map([[1, Buffer.alloc(32, 9)]])).open(db, 'acc-a', 'p', sealed),
      DecryptionFailed,
    )
  })
})

test('a data key of a rolled back transaction is not used again', async (t) => {
  const database = await temporaryDatabase(t)
  const vault = openVault(realWorld, one)
  await assert.rejects(() =>
    database.write(async (db) => {
      await vault.seal(db, 'acc-a', 'p', 'x')
      throw new Error('refused')
    }),
  )
  const sealed = await database.write((db) => vault.seal(db, 'acc-a', 'p', 'kept'))
  assert.equal((await openVault(realWorld, one).open(database.read, 'acc-a', 'p', sealed)).toString(), 'kept')
})
