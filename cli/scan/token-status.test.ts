import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { fingerprintOf, fingerprintsHead, hashToken, mintMark } from '@mintmark/token'
import { mintmark } from '../../testing/cli/run-mintmark.ts'
import { machine, startAuthority } from '../../testing/kit.ts'
import { temporaryFolder } from '../../testing/temporary-folder.ts'
import { seededNumbers } from '../../token/seeded-numbers.ts'
import { sampleToken } from '../../token/token-samples.ts'

const numbers = seededNumbers(23)
const made = '2030-01-01T00:00:00.000Z'

interface Said {
  readonly 'last-characters': string
  readonly fingerprint: string | null
  readonly state: string | null
  readonly 'is-counted': boolean
}

/** A folder to scan, and the status of each token that the scan finds in it. */
function scanning(t: TestContext, environment: Readonly<Record<string, string>> = {}) {
  const folder = temporaryFolder(t)
  const scan = async (...args: string[]) => {
    const done = await mintmark(t, ['scan', ...args, 'leaks'], { folder, environment })
    assert.doesNotMatch(done.stdout + done.stderr, /eyJ/)
    return done
  }
  const said = async (...args: string[]) => {
    const { code, stdout } = await scan('--json', ...args)
    const found = JSON.parse(stdout).found as Said[]
    const of = (token: string) => {
      const one = found.find((each) => each['last-characters'] === token.slice(-6))
      return one && [one.fingerprint, one.state, one['is-counted']]
    }
    return { code, of }
  }
  return { folder, scan, said, plant: (...tokens: string[]) => writeFileSync(join(folder, 'leaks'), tokens.join('\n')) }
}

const fileOf = (issuer: string, tokens: readonly string[], count = tokens.length) =>
  fingerprintsHead({ issuer, made, count }) +
  tokens
    .map((token) => `${fingerprintOf(hashToken(token))}\n`)
    .sort()
    .join('')

test('a fingerprint file distinguishes genuine, possibly newer and foreign tokens', async (t) => {
  const { folder, scan, said, plant } = scanning(t)
  const mint = (issuer: string) => sampleToken(mintMark(issuer), numbers).open()
  const [genuine, unknown, foreign] = [mint('scalr:7k2m9q'), mint('scalr:7k2m9q'), mint('scalr:other')]
  const ours = join(folder, 'ours')
  writeFileSync(ours, fileOf('scalr:7k2m9q', [genuine, mint('scalr:7k2m9q')]))
  const args = ['--fingerprints', ours] as const
  plant(genuine, unknown, foreign)
  const all = await said(...args)
  assert.deepEqual([genuine, unknown, foreign].map(all.of), [
    ['genuine', null, true],
    ['unknown', null, true],
    ['not-in-file', null, false],
  ])
  assert.equal(all.code, 3)
  const result = await scan(...args)
  assert.match(result.stdout, /\n2 tokens found at 2 locations, 1 not in the fingerprint file\.\n/)
  assert.match(
    result.stdout,
    /\n1 token of scalr:7k2m9q is not in the fingerprint file, which was created at 2030-\S+ and may be out of date\.\n/,
  )
  for (const [tokens, code] of [
    [[genuine], 3],
    [[unknown], 3],
    [[foreign], 0],
    [[], 0],
  ] as const) {
    plant(...tokens)
    assert.equal((await scan(...args)).code, code)
  }
  plant(foreign)
  assert.match((await scan(...args)).stdout, /\nNo tokens found, 1 not in the fingerprint file\.\n/)
})

test("the fingerprint file of an installation with a custom mint mark selects that installation's tokens", async (t) => {
  const { folder, said, plant } = scanning(t)
  const token = sampleToken(mintMark('acme:1'), numbers).open()
  plant(token)
  writeFileSync(join(folder, 'ours'), fileOf('acme:1', [token]))
  const { code, of } = await said('--fingerprints', 'ours')
  assert.deepEqual([code, of(token)], [3, ['genuine', null, true]])
})

test('an invalid fingerprint file gives one line with file and line number, and exit code 2', async (t) => {
  const { folder, scan, plant } = scanning(t)
  plant('nothing')
  writeFileSync(join(folder, 'cut'), fileOf('scalr:7k2m9q', ['x'], 2))
  writeFileSync(join(folder, 'other'), `${fileOf('scalr:7k2m9q', ['x'])}x\n`)
  assert.match(
    (await scan('--fingerprints', 'cut')).stderr,
    /^mintmark: --fingerprints: cut:1: expected 2 fingerprints, found 1.*\n$/,
  )
  assert.match(
    (await scan('--fingerprints', 'other')).stderr,
    /^mintmark: --fingerprints: other:3: expected 24 hex.*\n$/,
  )
  const absent = await scan('--fingerprints', 'absent')
  assert.deepEqual(
    [absent.code, absent.stdout, absent.stderr],
    [2, '', 'mintmark: --fingerprints: absent cannot be read (ENOENT)\n'],
  )
})

test('--online sends only hashes; active and inactive tokens count, foreign ones do not', async (t) => {
  const authority = await startAuthority(t)
  const address = await authority.app.server.listen({ port: 0, host: '127.0.0.1' })
  const live = await machine(authority, 'active')
  const inactive = await machine(authority, 'inactive')
  const [{ id }] = (await authority.call('GET', `/service-accounts/${inactive.id}/access-tokens`)).json.data
  await authority.call('DELETE', `/access-tokens/${id}`)
  const foreign = sampleToken(mintMark('scalr:7k2m9q'), numbers).open()
  const forged = sampleToken(authority.app.mark, numbers).open()
  const { folder, scan, said, plant } = scanning(t, { MINTMARK_HOST: address })
  plant(live.token, inactive.token, foreign, forged)
  const all = await said('--online')
  assert.equal(all.code, 3)
  assert.deepEqual([live.token, inactive.token, foreign, forged].map(all.of), [
    [null, 'active', true],
    [null, 'inactive', true],
    [null, 'foreign', false],
    [null, 'foreign', false],
  ])
  assert.match(
    (await scan('--online')).stdout,
    /\n2 tokens found at 2 locations, 1 active, 1 inactive, 2 not from this server\.\n/,
  )
  assert.equal((await authority.call('GET', '/ping', { token: live.token })).status, 200)
  for (const [token, code] of [
    [inactive.token, 3],
    [foreign, 0],
  ] as const) {
    plant(token)
    assert.equal((await scan('--online')).code, code)
  }

  writeFileSync(join(folder, 'ours'), (await authority.call('GET', '/leaks/fingerprints')).text)
  plant(live.token, forged, foreign)
  const both = await said('--online', '--fingerprints', 'ours')
  assert.deepEqual([live.token, forged, foreign].map(both.of), [
    ['genuine', 'active', true],
    ['unknown', 'foreign', false],
    ['not-in-file', 'foreign', false],
  ])
  // Foreign tokens are not reported to the server.
  plant(foreign)
  const spared = await scan('--online', '--revoke')
  assert.deepEqual([spared.code, spared.stderr], [0, ''])
})

test('findings are printed if the server is unreachable, with one line and exit code 1', async (t) => {
  const gone = createServer().listen(0, '127.0.0.1')
  await new Promise((listening) => gone.once('listening', listening))
  const { port } = gone.address() as AddressInfo
  await new Promise((closed) => gone.close(closed))
  const { scan, said, plant } = scanning(t, { MINTMARK_HOST: `http://127.0.0.1:${port}` })
  const token = sampleToken(mintMark('scalr:7k2m9q'), numbers).open()
  plant(token)
  const { code, stdout, stderr } = await scan('--online')
  assert.equal(code, 1)
  assert.match(stdout, /1 token found at 1 location\./)
  assert.match(stderr, /^mintmark: http:\S+ refuses connections\n/)
  assert.deepEqual((await said('--online')).of(token), [null, null, true])
  plant('nothing')
  assert.equal((await scan('--online')).code, 0, 'without findings no request is sent')
})
