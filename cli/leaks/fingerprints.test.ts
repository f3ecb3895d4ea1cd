import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { test } from 'node:test'
import { fingerprintOf, hashToken, readFingerprints } from '@mintmark/token'
import { mintmark, mintmarkInThread } from '../../testing/cli/run-mintmark.ts'
import { machine, startAuthority } from '../../testing/kit.ts'
import { temporaryFolder } from '../../testing/temporary-folder.ts'

test('leaks fingerprints writes the fingerprints of all tokens but no token, to a file or standard output', async (t) => {
  const authority = await startAuthority(t)
  const address = await authority.app.server.listen({ port: 0, host: '127.0.0.1' })
  const ci = await machine(authority, 'ci')
  const { token } = authority.prepared
  const environment = { MINTMARK_HOST: address, MINTMARK_TOKEN: token }
  const folder = temporaryFolder(t)
  const run = (...args: string[]) => mintmark(t, ['leaks', 'fingerprints', ...args], { environment, folder })
  const printed = await run()
  assert.deepEqual([printed.code, printed.stderr], [0, ''])
  const file = readFingerprints(Buffer.from(printed.stdout))
  assert.deepEqual([file.count, file.issuer], [2, authority.app.mark.text])
  for (const each of [ci.token, token]) assert.ok(file.has(fingerprintOf(hashToken(each))))
  assert.doesNotMatch(printed.stdout, /eyJ/)

  const written = await run('--out', 'ours.txt')
  assert.deepEqual([written.code, written.stderr], [0, ''])
  assert.match(written.stdout, /^Wrote 2 token fingerprints of scalr:\S+ to ours\.txt, as of 20\S+Z\.\n$/)
  assert.equal(readFingerprints(readFileSync(join(folder, 'ours.txt'))).count, 2)
  assert.partialDeepStrictEqual(JSON.parse((await run('--out', 'ours.txt', '--json')).stdout), {
    file: 'ours.txt',
    count: 2,
  })
})

test('leaks fingerprints reports a missing permission, a missing folder and an incomplete file', async (t) => {
  const authority = await startAuthority(t)
  const address = await authority.app.server.listen({ port: 0, host: '127.0.0.1' })
  const ci = await machine(authority, 'ci')
  const run = (host: string, token: string, ...args: string[]) =>
    mintmarkInThread(t, ['leaks', 'fingerprints', ...args], { MINTMARK_HOST: host, MINTMARK_TOKEN: token })
  const refused = await run(address, ci.token)
  assert.deepEqual([refused.code, refused.stdout], [1, ''])
  assert.match(refused.stderr, /access-tokens:read on the account\. \(forbidden\)/)
  const nowhere = await run(address, authority.prepared.token, '--out', 'absent/ours.txt')
  assert.deepEqual([nowhere.code, nowhere.stderr], [1, 'mintmark: --out: absent/ours.txt cannot be written (ENOENT)\n'])
  const half = createServer((_, answer) =>
    answer.end(`# mintmark fingerprints 1 issuer=scalr:1 made=2030-01-01T00:00:00.000Z count=2\n${'0'.repeat(24)}\n`),
  ).listen(0, '127.0.0.1')
  await new Promise((listening) => half.once('listening', listening))
  t.after(() => void half.close())
  const broken = await run(`http://127.0.0.1:${(half.address() as AddressInfo).port}`, 'x')
  assert.equal(broken.code, 1)
  assert.match(broken.stderr, /returned an incomplete or invalid fingerprint file/)
})
