/**
 * The certificate of an installation that was given none: a certificate authority of its own, limited to the hosts of
 * the server, and under it a server certificate that is renewed before it expires. A host that is added takes a new authority.
 */
import { createPrivateKey, generateKeyPairSync, type KeyObject, X509Certificate } from 'node:crypto'
import { chmod, mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import { isIP } from 'node:net'
import { join } from 'node:path'
// What follows refuses to load without it.
import 'reflect-metadata'
import {
  AuthorityKeyIdentifierExtension,
  BasicConstraintsExtension,
  ExtendedKeyUsageExtension,
  type Extension,
  KeyUsageFlags,
  KeyUsagesExtension,
  SubjectAlternativeNameExtension,
  SubjectKeyIdentifierExtension,
  X509CertificateGenerator,
} from '@peculiar/x509'
import { isLimitedTo, nameConstraints } from './name-constraints.ts'

interface SelfSignedOptions {
  readonly folder: string
  /** Names and addresses besides `localhost`, `127.0.0.1` and `::1`, which are always in. */
  readonly hosts: readonly string[]
  readonly now: Date
  /** For serial numbers. Keys come from the cryptographic library itself. */
  readonly random: (bytes: number) => Uint8Array
}

interface Pair {
  readonly certificate: X509Certificate
  readonly key: KeyObject
}

const dayMilliseconds = 86_400_000
const caDays = 730
// Browsers refuse server certificates of more than 398 days.
const serverDays = 397
const renewalDays = 30
const clockSkewMilliseconds = 3_600_000

const hostsAlways = ['localhost', '127.0.0.1', '::1']
const serverAuth = '1.3.6.1.5.5.7.3.1'
const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' }

export async function selfSignedCertificate({
  folder,
  hosts,
  now,
  random,
}: SelfSignedOptions): Promise<{ cert: string; key: string; caFile: string }> {
  const tls = join(folder, 'tls')
  await mkdir(tls, { recursive: true, mode: 0o700 })
  await chmod(tls, 0o700)

  const names = [...new Set([...hostsAlways, ...hosts.map(plainHost)])]
  const ca = await kept(
    tls,
    'ca',
    now,
    ({ certificate }) => certificate.ca && isLimitedTo(certificate.toString(), names),
    () => newAuthority(names, now, random),
  )
  const server = await kept(
    tls,
    'server',
    now,
    (pair) => isIssuedBy(pair, ca) && names.every((name) => covers(pair.certificate, name)),
    () => newServer(ca, names, now, random),
  )
  return {
    cert: server.certificate.toString() + ca.certificate.toString(),
    key: pemOf(server.key),
    caFile: join(tls, 'ca.pem'),
  }
}

/** What lies in the folder if it still serves, otherwise what `issue` makes, which then lies there. */
async function kept(
  tls: string,
  name: string,
  now: Date,
  serves: (pair: Pair) => boolean,
  issue: () => Promise<Pair>,
): Promise<Pair> {
  const certificateFile = join(tls, `${name}.pem`)
  const keyFile = join(tls, `${name}-key.pem`)
  const found = pairOf(await textOf(certificateFile), await textOf(keyFile))
  if (found && lasts(found.certificate, now) && serves(found)) return found

  const issued = await issue()
  // Should it end between the two, the next start sees a key that does not fit and issues anew.
  await replace(keyFile, pemOf(issued.key))
  await replace(certificateFile, issued.certificate.toString())
  return issued
}

async function newAuthority(names: readonly string[], now: Date, random: SelfSignedOptions['random']): Promise<Pair> {
  const keys = newKeys()
  // A number in the name keeps the authorities of two installations apart in one browser.
  const name = `CN=Mintmark authority ${hex(random(4))}`
  return await sign({
    keys,
    subject: name,
    issuer: name,
    signingKey: keys.privateKey,
    now,
    end: new Date(now.getTime() + caDays * dayMilliseconds),
    random,
    extensions: [
      new BasicConstraintsExtension(true, 0, true),
      new KeyUsagesExtension(KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign, true),
      // Its key lies on this machine: whoever gets hold of it can stand in for these hosts, and for nothing else.
      new ExtendedKeyUsageExtension([serverAuth]),
      nameConstraints(names),
    ],
  })
}

async function newServer(
  ca: Pair,
  names: readonly string[],
  now: Date,
  random: SelfSignedOptions['random'],
): Promise<Pair> {
  const start = now.getTime() - clockSkewMilliseconds
  const alternatives = names.map((name) => ({ type: isIP(name) ? ('ip' as const) : ('dns' as const), value: name }))
  return await sign({
    keys: newKeys(),
    subject: 'CN=Mintmark server',
    issuer: ca.certificate.subject,
    signingKey: ca.key,
    now,
    end: new Date(Math.min(start + serverDays * dayMilliseconds, ca.certificate.validToDate.getTime())),
    random,
    extensions: [
      new BasicConstraintsExtension(false, undefined, true),
      new KeyUsagesExtension(KeyUsageFlags.digitalSignature, true),
      new ExtendedKeyUsageExtension([serverAuth]),
      new SubjectAlternativeNameExtension(alternatives),
      await AuthorityKeyIdentifierExtension.create(ca.certificate.publicKey.toCryptoKey(algorithm, true, ['verify'])),
    ],
  })
}

async function sign(options: {
  keys: { publicKey: KeyObject; privateKey: KeyObject }
  subject: string
  issuer: string
  signingKey: KeyObject
  now: Date
  end: Date
  random: SelfSignedOptions['random']
  extensions: Extension[]
}): Promise<Pair> {
  const publicKey = options.keys.publicKey.toCryptoKey(algorithm, true, ['verify'])
  const serial = Buffer.from(options.random(16))
  // RFC 5280 section 4.1.2.2: positive, and not zero.
  serial[0] = ((serial[0] as number) & 0x7f) | 0x40
  const certificate = await X509CertificateGenerator.create({
    serialNumber: hex(serial),
    subject: options.subject,
    issuer: options.issuer,
    notBefore: new Date(options.now.getTime() - clockSkewMilliseconds),
    notAfter: options.end,
    publicKey,
    signingKey: options.signingKey.toCryptoKey(algorithm, false, ['sign']),
    signingAlgorithm: algorithm,
    extensions: [...options.extensions, await SubjectKeyIdentifierExtension.create(publicKey)],
  })
  return { certificate: new X509Certificate(Buffer.from(certificate.rawData)), key: options.keys.privateKey }
}

function newKeys() {
  return generateKeyPairSync('ec', { namedCurve: algorithm.namedCurve })
}

/** A file that is missing or spoiled is as good as none. */
function pairOf(certificatePem: string | undefined, keyPem: string | undefined): Pair | undefined {
  if (!certificatePem || !keyPem) return undefined
  try {
    const certificate = new X509Certificate(certificatePem)
    const key = createPrivateKey(keyPem)
    return certificate.checkPrivateKey(key) ? { certificate, key } : undefined
  } catch {
    return undefined
  }
}

function lasts({ validFromDate, validToDate }: X509Certificate, now: Date): boolean {
  return validFromDate <= now && validToDate.getTime() - now.getTime() >= renewalDays * dayMilliseconds
}

function isIssuedBy({ certificate }: Pair, ca: Pair): boolean {
  return certificate.checkIssued(ca.certificate) && certificate.verify(ca.certificate.publicKey)
}

function covers(certificate: X509Certificate, name: string): boolean {
  const found = isIP(name) ? certificate.checkIP(name) : certificate.checkHost(name, { subject: 'never' })
  return found !== undefined
}

/** As certificates write it: lower case, an IPv6 address without the brackets it has in URLs. */
function plainHost(host: string): string {
  return host.toLowerCase().replace(/^\[(.*)\]$/, '$1')
}

async function textOf(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}

/** Whoever reads the file finds the old text or the new one, never half of it. */
async function replace(file: string, text: string): Promise<void> {
  await writeFile(`${file}.new`, text, { mode: 0o600, flush: true })
  await rename(`${file}.new`, file)
}

function pemOf(key: KeyObject): string {
  return key.export({ type: 'pkcs8', format: 'pem' }).toString()
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex')
}
