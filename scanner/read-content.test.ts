import assert from 'node:assert/strict'
import { test } from 'node:test'
import { gzipSync, zstdCompressSync } from 'node:zlib'
import { mintMark } from '@mintmark/token'
import { seededNumbers } from '../token/seeded-numbers.ts'
import { sampleToken } from '../token/token-samples.ts'
import { tarOf, zipOf } from './archive-samples.ts'
import { costs, defaultLimits, type Limits } from './budget.ts'
import { Scan } from './scan.ts'
import { scanStream } from './scan-stream.ts'

const numbers = seededNumbers(6)
const newToken = () => sampleToken(mintMark('scalr:7k2m9q'), numbers).open()

async function scanned(
  bytes: Buffer,
  { limits = {}, chunk = 1_000 }: { limits?: Partial<Limits>; chunk?: number } = {},
) {
  const scan = new Scan({ limits: { ...defaultLimits, ...limits } })
  await scanStream(scan, 'f', pieces(bytes, chunk))
  const locations = scan.leaks.flatMap(({ token, locations }) =>
    locations.map(({ path, how }) => [token.open(), path, ...how]),
  )
  return { locations, skipped: Object.fromEntries(scan.counts.skipped) }
}

async function* pieces(bytes: Buffer, length: number): AsyncGenerator<Buffer> {
  for (let at = 0; at < bytes.length; at += length) yield Buffer.from(bytes.subarray(at, at + length))
}

test('chunk boundaries in archives make no difference', async () => {
  const token = newToken()
  const inner = zipOf({ 'b/c': `x\n${token}`, d: 'd' }, { sizesLater: true })
  const bytes = zipOf({ 'a.tar.gz': gzipSync(tarOf({ 'in.zip': inner, other: 'x' })), last: 'y' })
  for (const chunk of [1, 2, 3, 7, 30, 511, 512, 513, 100_000])
    assert.deepEqual(await scanned(bytes, { chunk }), {
      locations: [[token, 'f!a.tar.gz!in.zip!b/c', 'zip', 'gzip', 'tar', 'zip', 'plain']],
      skipped: {},
    })
})

test('unpacking an archive bomb stops at the limit and is reported', async () => {
  const token = newToken()
  const bomb = gzipSync(Buffer.concat([Buffer.from(`${token}\n`), Buffer.alloc(50_000_000)]))
  const limits = { fileWorkMin: 10_000_000 }
  for (const bytes of [bomb, gzipSync(bomb), zipOf({ bomb, other: 'x' }), Buffer.from(bomb.toString('base64'))]) {
    const { locations, skipped } = await scanned(bytes, { limits })
    assert.deepEqual([locations.length, skipped], [1, { 'exceeds the unpacking limit': 1 }])
  }
  const later = newToken()
  const around = [Buffer.from(bomb.toString('base64')), zipOf({ bomb }), bomb]
  for (const bytes of around.map((each) => Buffer.concat([each, Buffer.from(` "${later}"`)])))
    assert.ok(
      (await scanned(bytes, { limits })).locations.some(([found]) => found === later),
      'what follows a bomb',
    )
  assert.deepEqual((await scanned(bomb)).skipped, {})
})

test('nested archives are opened up to the limit', async () => {
  let bytes = Buffer.from(newToken())
  for (let depth = 0; depth < 4; depth++) bytes = gzipSync(bytes)
  assert.equal((await scanned(bytes, { limits: { depthMax: 4 } })).locations.length, 1)
  assert.deepEqual(await scanned(bytes, { limits: { depthMax: 3 } }), {
    locations: [],
    skipped: { 'archives nested too deeply': 1 },
  })
})

test('damaged archives are read as far as possible, and the data after them too', async () => {
  const [first, second, third] = [newToken(), newToken(), newToken()]
  const noise = Buffer.from(numbers.bytes(60_000))
  const zip = zipOf({ first: `${first}\n`, broken: noise, second })
  const at = zip.indexOf(noise.subarray(0, 40)) > 0 ? zip.indexOf(noise.subarray(0, 40)) : 2_000
  zip.fill(0xff, at, at + 200)
  assert.deepEqual(
    (await scanned(zip)).locations.map(([token]) => token),
    [first, second],
  )
  const gzip = gzipSync(`${third}\n${noise.toString('hex')}`).subarray(0, -20)
  assert.deepEqual(await scanned(gzip), {
    locations: [[third, 'f', 'gzip', 'plain']],
    skipped: { 'damaged archive': 1 },
  })
})

test('text that only starts like an archive is scanned as text', async () => {
  for (const start of ['PK\x03\x04', '\x1f\x8b\x08', 'BZh9', '\x28\xb5\x2f\xfd', `${'a'.repeat(257)}ustar`]) {
    const token = newToken()
    const bytes = Buffer.concat([Buffer.from(start, 'latin1'), Buffer.from(`\n${'-'.repeat(600)}\n${token}\n`)])
    const { locations } = await scanned(bytes)
    assert.deepEqual(new Set(locations.map(([found]) => found)), new Set([token]), JSON.stringify(start.slice(-8)))
  }
})

test('encrypted entries and unsupported compression are reported', async () => {
  const token = newToken()
  const encrypted = zipOf({ secret: 'x', other: token })
  encrypted[6] = encrypted[6]! | 1
  assert.deepEqual(await scanned(encrypted), {
    locations: [[token, 'f!other', 'zip', 'plain']],
    skipped: { 'encrypted zip entry': 1 },
  })
  assert.deepEqual((await scanned(Buffer.from('7z\xbc\xaf..........', 'latin1'))).skipped, {
    'unsupported compression': 1,
  })
})

test('text that starts like gzip in base64 is not reported as a damaged archive', async () => {
  const token = newToken()
  const { locations, skipped } = await scanned(Buffer.from(`H4sI${'A'.repeat(500)} ${token} "H4sI"`))
  assert.deepEqual([locations.length, skipped], [1, {}])
})

/** The work of scanning one file, and what was incomplete. */
async function spentOn(files: Readonly<Record<string, Buffer>>, limits: Partial<Limits> = {}) {
  const scan = new Scan({ limits: { ...defaultLimits, ...limits } })
  for (const [name, bytes] of Object.entries(files)) await scanStream(scan, name, pieces(bytes, 64 * 1024))
  const { incomplete, skipped } = scan.counts
  const found = new Set(scan.leaks.map(({ token }) => token.open()))
  return { scan, found, incomplete, skipped: Object.fromEntries(skipped), ...scan.budget }
}

const mebibyte = 1024 ** 2
const manyEntries = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, at) => [String(at), 'x']))
const zeros = Buffer.alloc(20 * mebibyte)
const bombs: Readonly<Record<string, () => Buffer>> = {
  'gzip of zeros': () => gzipSync(zeros),
  'gzip in gzip': () => gzipSync(gzipSync(zeros)),
  'gzip in base64': () => Buffer.from(gzipSync(zeros).toString('base64')),
  'gzip in gzip in base64': () => Buffer.from(gzipSync(gzipSync(zeros)).toString('base64')),
  zstd: () => zstdCompressSync(zeros),
  'zip of one large entry': () => zipOf({ zeros }),
  'zip in gzip of very many entries': () => gzipSync(zipOf(manyEntries(4_000), { stored: true })),
  'tar in gzip of very many entries': () =>
    gzipSync(Buffer.concat(Array(4_000).fill(tarOf({ a: '' }).subarray(0, 512)))),
  'very many texts that begin like gzip in base64': () => gzipSync(`"H4sI${'A'.repeat(40)}"\n`.repeat(20_000)),
}

for (const [name, bomb] of Object.entries(bombs))
  test(`a small file takes bounded work and is reported if incomplete: ${name}`, async () => {
    const bytes = bomb()
    const { scan, incomplete } = await spentOn({ 'dir/bomb': bytes }, { fileWorkMin: 4 * mebibyte })
    const allowance = 4 * mebibyte + bytes.length * defaultLimits.workPerByte
    assert.ok(scan.budget.work <= allowance, `${scan.budget.work} of ${allowance}`)
    assert.deepEqual(
      incomplete.map(({ path }) => path.replace(/!.*/, '')),
      ['dir/bomb'],
    )
  })

test('when the limit of the scan is reached, later archives are reported as incomplete and plain text is still scanned', async () => {
  const [plain, packed, encoded] = [newToken(), newToken(), newToken()]
  const files = Object.fromEntries(
    Array.from({ length: 20 }, (_, at) => [`bomb-${at}`, gzipSync(zeros.subarray(0, 3 * mebibyte))]),
  )
  const later = {
    'plain.txt': Buffer.from(`${plain}\n${Buffer.from(encoded).toString('base64')}`),
    'packed.gz': gzipSync(packed),
  }
  const workMax = 10 * mebibyte
  const { scan, incomplete, found } = await spentOn({ ...files, ...later }, { workMax })
  assert.ok(scan.budget.work <= workMax)
  assert.deepEqual(
    incomplete,
    [...Array.from({ length: 17 }, (_, at) => `bomb-${at + 3}`), 'packed.gz'].map((path) => ({
      path,
      reason: 'the unpacking limit of the scan is reached',
    })),
  )
  assert.deepEqual(found, new Set([plain, encoded]))
})

test('archive entries are limited for the whole scan', async () => {
  const files = { one: zipOf(manyEntries(60)), two: tarOf(manyEntries(60)), three: zipOf(manyEntries(5)) }
  const { scan, incomplete } = await spentOn(files, { entriesMax: 100 })
  assert.equal(scan.budget.entries, 100)
  assert.deepEqual(incomplete, [
    { path: 'two', reason: 'too many archive entries' },
    { path: 'three', reason: 'too many archive entries' },
  ])
})

test('many small entries are unpacked without a stream each, with sizes before or after the content', async () => {
  const tokens = Object.fromEntries(Array.from({ length: 500 }, (_, at) => [`entry-${at}`, newToken()]))
  for (const sizesLater of [false, true]) {
    const bytes = zipOf(tokens, { sizesLater })
    const { scan, found, incomplete } = await spentOn({ 'a.zip': bytes })
    assert.deepEqual([found.size, incomplete], [500, []])
    assert.ok(scan.budget.work < 500 * costs.stream, `${scan.budget.work}`)
  }
})

test('an archive with a false size in its header is scanned', async () => {
  const token = newToken()
  for (const claimed of [0, 1, 30, 5_000_000, 0xfffffff0]) {
    const bytes = zipOf({ a: `${'x'.repeat(300_000)}${token}`, b: token })
    bytes.writeUInt32LE(claimed, 18)
    const { found } = await spentOn({ 'a.zip': bytes })
    assert.ok(found.has(token), `${claimed}`)
  }
})

test('consecutive empty bzip2 streams take no additional memory', async () => {
  const stream = Buffer.concat([Buffer.from('BZh9'), Buffer.from('17724538509000000000', 'hex')])
  const token = newToken()
  const { found } = await spentOn({ a: Buffer.concat([...Array(20_000).fill(stream), Buffer.from(`\n${token}`)]) })
  assert.ok(found.has(token))
})

test('a file full of possible tokens is parsed within its limit and reported as incomplete', async () => {
  const start = newToken().slice(0, 60)
  const token = newToken()
  for (const decoy of [Buffer.from(start).toString('base64'), Buffer.from(start).toString('hex')]) {
    const bytes = Buffer.from(`${`${decoy}\n`.repeat(2_000)}${token}\n`)
    const { scan, incomplete, found } = await spentOn({ a: bytes }, { fileWorkMin: mebibyte, workPerByte: 10 })
    assert.equal(scan.budget.work, 0, 'nothing was unpacked')
    assert.deepEqual(incomplete, [{ path: 'a', reason: 'too many possible tokens' }])
    assert.deepEqual(found, new Set([token]), 'a token that is not encoded is found all the same')
  }
  const many = Array.from({ length: 300 }, () => Buffer.from(newToken()).toString('base64')).join('\n')
  const { incomplete, found } = await spentOn({ a: Buffer.from(many) }, { fileWorkMin: 0 })
  assert.deepEqual([incomplete, found.size], [[], 300])
})
