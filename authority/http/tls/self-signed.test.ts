import assert from 'node:assert/strict'
import { createPrivateKey, createPublicKey, generateKeyPairSync, randomBytes, X509Certificate } from 'node:crypto'
import { once } from 'node:events'
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { createServer, get } from 'node:https'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, test } from 'node:test'
import 'reflect-metadata'
import { BasicConstraintsExtension, SubjectAlternativeNameExtension, X509CertificateGenerator } from '@peculiar/x509'
import { selfSignedCertificate } from './self-signed.ts'

const dayMilliseconds = 86_400_000
// Not a fixed day, because the connecting client uses the real clock.
const today = new Date()
let folder = ''

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mintmark-tls-'))
})

afterEach(async () => {
  await rm(folder, { recursive: true })
})

function issue({ hosts = [], days = 0 }: { hosts?: string[]; days?: number } = {}) {
  const now = new Date(today.getTime() + days * dayMilliseconds)
  return selfSignedCertificate({ folder, hosts, now, random: (bytes) => randomBytes(bytes) })
}

const fileOf = (name: string) => readFile(join(folder, 'tls', name), 'utf8')

test('a client that trusts only ca.pem connects by name and by address', async () => {
  const { cert, key, caFile } = await issue({ hosts: ['tokens.example', '[2001:DB8::1]'] })
  const ca = await readFile(caFile, 'utf8')
  const server = createServer({ cert, key }, (_, reply) => reply.end('here')).listen(0)
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const say = (target: { host: string; servername?: string; ca: string }) =>
    new Promise<string>((done, failed) => {
      get({ ...target, port, agent: false }, (reply) => reply.setEncoding('utf8').on('data', done)).on('error', failed)
    })
  try {
    assert.equal(await say({ host: 'localhost', ca }), 'here')
    assert.equal(await say({ host: '127.0.0.1', ca }), 'here')
    // Names that a test cannot resolve are only sent as SNI, to the same address.
    const named = (servername: string) => say({ host: '127.0.0.1', servername, ca })
    assert.equal(await named('tokens.example'), 'here')
    await assert.rejects(named('other.example'), { code: 'ERR_TLS_CERT_ALTNAME_INVALID' })
    const other = await selfSignedCertificate({
      folder: join(folder, 'other'),
      hosts: [],
      now: today,
      random: (bytes) => randomBytes(bytes),
    })
    await assert.rejects(say({ host: 'localhost', ca: await readFile(other.caFile, 'utf8') }))
  } finally {
    server.closeAllConnections()
    server.close()
  }
})

test('the certificates state their purpose, validity and hosts', async () => {
  const { cert } = await issue({ hosts: ['Tokens.Example', '192.0.2.7', '[2001:db8::1]'] })
  const ca = new X509Certificate(await fileOf('ca.pem'))
  const server = new X509Certificate(await fileOf('server.pem'))
  assert.equal(cert, server.toString() + ca.toString())
  assert.ok(ca.ca && ca.checkIssued(ca) && ca.verify(ca.publicKey))
  assert.ok(!server.ca && server.checkIssued(ca) && server.verify(ca.publicKey))
  assert.deepEqual(server.keyUsage, ['1.3.6.1.5.5.7.3.1'])
  assert.equal(server.publicKey.asymmetricKeyDetails?.namedCurve, 'prime256v1')
  const days = (each: X509Certificate) => (each.validToDate.getTime() - each.validFromDate.getTime()) / dayMilliseconds
  assert.equal(days(server), 397)
  assert.equal(Math.floor(days(ca)), 730)
  assert.equal(
    server.subjectAltName,
    'DNS:localhost, IP Address:127.0.0.1, IP Address:0:0:0:0:0:0:0:1, DNS:tokens.example, ' +
      'IP Address:192.0.2.7, IP Address:2001:DB8:0:0:0:0:0:1',
  )
})

test('only the owner can read the keys, and no incomplete file remains', async () => {
  await issue()
  const tls = join(folder, 'tls')
  assert.equal((await stat(tls)).mode & 0o777, 0o700)
  const names = (await readdir(tls)).sort()
  assert.deepEqual(names, ['ca-key.pem', 'ca.pem', 'server-key.pem', 'server.pem'])
  for (const name of names) assert.equal((await stat(join(tls, name))).mode & 0o777, 0o600, name)
})

test('valid certificates are reused, also for fewer hosts', async () => {
  const first = await issue({ hosts: ['tokens.example'] })
  assert.deepEqual(await issue({ hosts: ['tokens.example'] }), first)
  assert.deepEqual(await issue({ days: 366 }), first)
})

test('a stolen CA key cannot impersonate other hosts', async () => {
  const { caFile } = await issue({ hosts: ['tokens.example', '192.0.2.7', '[2001:db8::1]'] })
  const ca = await readFile(caFile, 'utf8')
  const caKey = createPrivateKey(await fileOf('ca-key.pem'))
  const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' }
  const outcomeFor = async (type: 'dns' | 'ip', value: string) => {
    const keys = generateKeyPairSync('ec', { namedCurve: 'prime256v1' })
    const forged = await X509CertificateGenerator.create({
      subject: 'CN=forged',
      issuer: new X509Certificate(ca).subject,
      notBefore: today,
      notAfter: new Date(today.getTime() + dayMilliseconds),
      publicKey: keys.publicKey.toCryptoKey(algorithm, true, ['verify']),
      signingKey: caKey.toCryptoKey(algorithm, false, ['sign']),
      signingAlgorithm: algorithm,
      extensions: [new SubjectAlternativeNameExtension([{ type, value }])],
    })
    const key = keys.privateKey.export({ type: 'pkcs8', format: 'pem' })
    const server = createServer({ cert: forged.toString('pem'), key }, (_, reply) => reply.end()).listen(0)
    await once(server, 'listening')
    const { port } = server.address() as AddressInfo
    const target = type === 'dns' ? { servername: value } : { servername: '' }
    try {
      return await new Promise((done) => {
        const request = { host: '127.0.0.1', port, ca, agent: false, checkServerIdentity: () => undefined, ...target }
        get(request, (reply) => {
          reply.resume()
          done('trusted')
        }).on('error', (error) => done(error.message))
      })
    } finally {
      server.closeAllConnections()
      server.close()
    }
  }
  for (const [type, value, outcome] of [
    ['dns', 'tokens.example', 'trusted'],
    ['dns', 'localhost', 'trusted'],
    ['ip', '192.0.2.7', 'trusted'],
    ['ip', '2001:db8::1', 'trusted'],
    ['dns', 'bank.example', 'permitted subtree violation'],
    ['dns', 'mytokens.example', 'permitted subtree violation'],
    ['ip', '192.0.2.8', 'permitted subtree violation'],
    ['ip', '2001:db8::2', 'permitted subtree violation'],
  ] as const)
    assert.equal(await outcomeFor(type, value), outcome, value)
})

test('a certificate authority without name constraints is replaced', async () => {
  await issue()
  const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' }
  const key = createPrivateKey(await fileOf('ca-key.pem'))
  const unlimited = await X509CertificateGenerator.createSelfSigned({
    name: 'CN=old',
    notBefore: today,
    notAfter: new Date(today.getTime() + 3650 * dayMilliseconds),
    keys: {
      publicKey: createPublicKey(key).toCryptoKey(algorithm, true, ['verify']),
      privateKey: key.toCryptoKey(algorithm, false, ['sign']),
    },
    signingAlgorithm: algorithm,
    extensions: [new BasicConstraintsExtension(true, 0, true)],
  })
  await writeFile(join(folder, 'tls', 'ca.pem'), unlimited.toString('pem'))
  const { cert } = await issue()
  assert.notEqual(await fileOf('ca.pem'), unlimited.toString('pem'))
  assert.ok(new X509Certificate(cert).verify(new X509Certificate(await fileOf('ca.pem')).publicKey))
})

test('a new host gets a new certificate authority, because the old one must not issue for it', async () => {
  const first = await issue()
  const ca = await fileOf('ca.pem')
  const second = await issue({ hosts: ['tokens.example'] })
  assert.notEqual(second.cert, first.cert)
  assert.notEqual(second.key, first.key)
  assert.notEqual(await fileOf('ca.pem'), ca)
  assert.ok(new X509Certificate(second.cert).checkHost('tokens.example'))
  assert.ok(new X509Certificate(second.cert).verify(new X509Certificate(await fileOf('ca.pem')).publicKey))
})

test('the server certificate and its CA are replaced 30 days before expiry, and neither outlives the other', async () => {
  const first = await issue()
  const ca = await fileOf('ca.pem')
  assert.notEqual((await issue({ days: 368 })).cert, first.cert)
  assert.equal(await fileOf('ca.pem'), ca)

  const late = new X509Certificate((await issue({ days: 695 })).cert)
  assert.equal(late.validTo, new X509Certificate(ca).validTo)
  await issue({ days: 701 })
  assert.notEqual(await fileOf('ca.pem'), ca)
})

for (const name of ['ca.pem', 'ca-key.pem', 'server.pem', 'server-key.pem']) {
  for (const [fault, text] of [
    ['spoiled', async () => 'spoiled'],
    ['foreign', foreign],
  ] as const) {
    test(`a ${fault} ${name} is replaced by one that fits`, async () => {
      await issue()
      await writeFile(join(folder, 'tls', name), await text(name))
      const { cert, key, caFile } = await issue()
      assert.ok(new X509Certificate(cert).verify(new X509Certificate(await readFile(caFile)).publicKey))
      assert.ok(new X509Certificate(cert).checkPrivateKey(createPrivateKey(key)))
      assert.ok(
        new X509Certificate(await fileOf('ca.pem')).checkPrivateKey(createPrivateKey(await fileOf('ca-key.pem'))),
      )
    })
  }
}

async function foreign(name: string): Promise<string> {
  const other = join(folder, 'other')
  await selfSignedCertificate({ folder: other, hosts: [], now: today, random: (bytes) => randomBytes(bytes) })
  return await readFile(join(other, 'tls', name), 'utf8')
}
