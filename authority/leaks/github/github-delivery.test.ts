import assert from 'node:assert/strict'
import { createHmac } from 'node:crypto'
import { test } from 'node:test'
import { Refusal } from '../../context.ts'
import { isFromGitHub, readDelivery } from './github-delivery.ts'

const secret = Buffer.from('the secret of the webhook')
const body = Buffer.from('{"action":"created"}')
const hex = createHmac('sha256', secret).update(body).digest('hex')

test('a delivery is from GitHub only if its signature is the HMAC of exactly this body', () => {
  assert.equal(isFromGitHub(secret, body, `sha256=${hex}`), true)
  const wrong: [what: string, header: unknown][] = [
    ['no header', undefined],
    ['an empty header', ''],
    ['several headers', [`sha256=${hex}`]],
    ['no algorithm', hex],
    ['another algorithm', `sha1=${hex}`],
    ['text before', ` sha256=${hex}`],
    ['text after', `sha256=${hex}0`],
    ['a line after', `sha256=${hex}\n`],
    ['too short', `sha256=${hex.slice(1)}`],
    ['upper case', `sha256=${hex.toUpperCase()}`],
    ['no hexadecimal digits', `sha256=${'g'.repeat(64)}`],
    ['another signature', `sha256=${'0'.repeat(64)}`],
  ]
  for (const [what, header] of wrong) assert.equal(isFromGitHub(secret, body, header), false, what)
  assert.equal(isFromGitHub(secret, Buffer.from('{}'), `sha256=${hex}`), false)
  assert.equal(isFromGitHub(Buffer.from('another'), body, `sha256=${hex}`), false)
})

const id = '72d3162e-cc78-11e3-81ab-4c9367dc0958'
const headers = (event: unknown, delivery: unknown) => ({ 'x-github-event': event, 'x-github-delivery': delivery })
const alert = 'secret_scanning_alert'
const location = 'secret_scanning_alert_location'
const document = (action: unknown, changed: Readonly<Record<string, unknown>> = {}) => ({
  action,
  alert: { number: 42 },
  repository: { full_name: 'org/repo', private: false },
  ...changed,
})
const delivery = { id, repository: 'org/repo', number: 42, isPrivate: false, isPublicLeak: false }

test('alerts that are new, reopened or publicly leaked and new locations are processed, and nothing else', () => {
  assert.deepEqual(readDelivery(headers(alert, id), document('created')), delivery)
  assert.deepEqual(readDelivery(headers(alert, id), document('reopened')), delivery)
  assert.deepEqual(readDelivery(headers(alert, id), document('publicly_leaked')), { ...delivery, isPublicLeak: true })
  assert.deepEqual(readDelivery(headers(location, id), document('created')), delivery)
  const ignored: [event: unknown, body: unknown][] = [
    ['ping', document('created')],
    [undefined, document('created')],
    ['', document('created')],
    [alert, document('resolved')],
    [alert, document(undefined)],
    [alert, document('')],
    [location, document('reopened')],
    [location, document('publicly_leaked')],
    ['secret_scanning_scan', document('completed')],
    [alert, undefined],
    [alert, null],
    [alert, {}],
  ]
  for (const [event, given] of ignored)
    assert.equal(readDelivery(headers(event, id), given), null, JSON.stringify([event, given]))
})

test('a repository is private unless the delivery says otherwise, and an alert leaked only if it says so', () => {
  for (const given of [true, undefined, null, 'false', 0]) {
    const read = readDelivery(
      headers(alert, id),
      document('created', { repository: { full_name: 'o/r', private: given } }),
    )
    assert.equal(read?.isPrivate, true, String(given))
  }
  const leaked = (value: unknown) =>
    readDelivery(headers(alert, id), document('created', { alert: { number: 1, publicly_leaked: value } }))
      ?.isPublicLeak
  assert.equal(leaked(true), true)
  for (const given of [false, undefined, 'true', 1]) assert.equal(leaked(given), false, String(given))
})

const assertRefused = (given: () => unknown, code: string, at: string | undefined, message: string) =>
  assert.throws(given, (error) => {
    assert.ok(error instanceof Refusal, message)
    assert.equal(error.code, code, message)
    assert.equal(error.faults[0]?.at, at, message)
    assert.match(error.faults[0]?.detail ?? '', /^Expected /, message)
    return true
  })

test('a delivery without a usable id is refused, whatever it contains', () => {
  for (const given of [undefined, '', 7, 'a b', `${id}\n`, ' a', 'a'.repeat(65)])
    assertRefused(() => readDelivery(headers('ping', given), {}), 'malformed-request', undefined, String(given))
  assert.equal(readDelivery(headers('ping', 'a'.repeat(64)), {}), null)
  assert.equal(readDelivery(headers('ping', 'Z'), {}), null)
})

test('an alert without a number is refused with a pointer', () => {
  for (const given of [undefined, null, {}, { number: '1' }, { number: 0 }, { number: -1 }, { number: 1.5 }])
    assertRefused(
      () => readDelivery(headers(alert, id), document('created', { alert: given })),
      'invalid-document',
      '/alert/number',
      JSON.stringify(given),
    )
  assert.equal(readDelivery(headers(alert, id), document('created', { alert: { number: 1 } }))?.number, 1)
})

test('a repository without a valid owner and name is refused with a pointer', () => {
  const long = 'a'.repeat(101)
  const names = ['', 'org', 'org/', '/repo', 'org/repo/more', '../repo', './repo', 'org/.', 'org/..', 'org/a b', 'o!/r']
  for (const name of [...names, `${long}/a`, `a/${long}`, 'org/repo\n', ['org/repo'], 7, undefined])
    assertRefused(
      () => readDelivery(headers(alert, id), document('created', { repository: { full_name: name } })),
      'invalid-document',
      '/repository/full_name',
      String(name),
    )
  assertRefused(
    () => readDelivery(headers(alert, id), document('created', { repository: undefined })),
    'invalid-document',
    '/repository/full_name',
    'no repository',
  )
  for (const name of [
    'o/r',
    '.org/.github',
    '..org/..repo',
    'org/...',
    'a_b.c-d/E9',
    `${'a'.repeat(100)}/${'b'.repeat(100)}`,
  ])
    assert.equal(
      readDelivery(headers(alert, id), document('created', { repository: { full_name: name } }))?.repository,
      name,
    )
})
