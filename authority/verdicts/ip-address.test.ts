import assert from 'node:assert/strict'
import { test } from 'node:test'
import { clientKey, contains, isLoopback, parseAddress, parseForwarded, parseNetwork } from './ip-address.ts'

test('every spelling of an address is the same address', () => {
  const spellings: Record<string, readonly string[]> = {
    '203.0.113.7': [
      '203.0.113.7',
      '::ffff:203.0.113.7',
      '::FFFF:203.0.113.7',
      '::ffff:cb00:7107',
      '0:0:0:0:0:ffff:203.0.113.7',
      '0000:0000:0000:0000:0000:FFFF:CB00:7107',
    ],
    '2001:db8::1': ['2001:db8::1', '2001:DB8::1', '2001:0db8:0:0:0:0:0:1', '2001:db8:0::0:1'],
    'fe80::1': ['fe80::1', 'fe80::1%eth0', 'FE80:0::1%25'],
    '::1': ['::1', '0:0:0:0:0:0:0:1', '0::1'],
  }
  for (const [text, all] of Object.entries(spellings))
    for (const each of all) assert.equal(parseAddress(each)?.text, text, each)
})

test('text that other programs may parse differently is rejected', () => {
  const broken = [
    ...[
      '',
      ' ',
      '1.2.3',
      '1.2.3.4.5',
      '1.2.3.4.',
      '.1.2.3.4',
      '01.2.3.4',
      '1.2.3.04',
      '0x7f.0.0.1',
      '2130706433',
      '127.1',
    ],
    ...['256.0.0.1', '1.2.3.4 ', '127.evil', '127.0.0.1.evil', 'localhost', '1.2.3.4:80', '[::1]', '::1/128', ':::1'],
    ...['2001:db8::1::2', '2001:db8', '12345::1', '::ffff:256.0.0.1', 'unknown', '_hidden', '٣.0.0.0', '1.2.3.4\n'],
  ]
  for (const text of broken) assert.equal(parseAddress(text), undefined, JSON.stringify(text))
})

test('a forwarded address is parsed with and without a port, brackets and a zone', () => {
  const cases: Record<string, string | undefined> = {
    '203.0.113.7': '203.0.113.7',
    '203.0.113.7:51234': '203.0.113.7',
    '2001:db8::1': '2001:db8::1',
    '[2001:db8::1]': '2001:db8::1',
    '[2001:DB8:0::1]:443': '2001:db8::1',
    '[::ffff:203.0.113.7]:443': '203.0.113.7',
    '[fe80::1%eth0]:443': 'fe80::1',
    '203.0.113.7:': undefined,
    '203.0.113.7:123456': undefined,
    '[203.0.113.7]:80': undefined,
    '[2001:db8::1': undefined,
    '[2001:db8::1]443': undefined,
    'for=[2001:db8::1]:443': undefined,
    '2001:db8::1:80': '2001:db8::1:80',
    unknown: undefined,
    '': undefined,
  }
  for (const [text, address] of Object.entries(cases)) assert.equal(parseForwarded(text)?.text, address, text)
})

test('a network with bits beyond its prefix is rejected', () => {
  const good: Record<string, string> = {
    '0.0.0.0/0': '0.0.0.0/0',
    '10.0.0.0/8': '10.0.0.0/8',
    '192.0.2.7': '192.0.2.7/32',
    '::/0': '::/0',
    '2001:DB8::/32': '2001:db8::/32',
    '2001:db8::1': '2001:db8::1/128',
    '2001:db8:8000::/33': '2001:db8:8000::/33',
  }
  for (const [text, network] of Object.entries(good)) assert.equal(parseNetwork(text)?.text, network, text)
  const broken = [
    ...['10.0.0.1/8', '10.0.0.0/33', '10.0.0.0/08', '10.0.0.0/', '10.0.0.0/8/8', '10.0.0.0/-1', '10.0.0.0 /8'],
    ...[
      '2001:db8::/129',
      '2001:db8::1/32',
      '2001:db8:8000::/32',
      'fe80::%eth0/64',
      'fe80::1%eth0',
      'fe80::%1/64',
      '::ffff:10.0.0.0/104',
      '::ffff:10.0.0.1',
    ],
  ]
  for (const text of broken) assert.equal(parseNetwork(text), undefined, text)
})

test('a network contains an address if their first bits match, in any spelling', () => {
  const isIn = (network: string, address: string) => {
    const [one, other] = [parseNetwork(network), parseAddress(address)]
    assert.ok(one && other)
    return contains(one, other)
  }
  assert.ok(isIn('2001:db8::/33', '2001:db8:7fff::1'))
  assert.ok(!isIn('2001:db8::/33', '2001:db8:8000::1'))
  assert.ok(isIn('10.0.0.0/8', '::ffff:a01:203'))
  assert.ok(!isIn('10.0.0.0/8', '2001:db8::1'))
  assert.ok(!isIn('::/0', '10.0.0.1'))
})

test('loopback is an exact range, not a text prefix', () => {
  const loopback = (text: string) => {
    const address = parseAddress(text)
    return address !== undefined && isLoopback(address)
  }
  for (const text of ['127.0.0.1', '127.255.0.9', '::1', '0:0::1', '::ffff:127.0.0.1', '::ffff:7f00:1'])
    assert.ok(loopback(text), text)
  for (const text of [
    '127.evil',
    '127.0.0.1.evil',
    '128.0.0.1',
    '::2',
    '::1234',
    '::1:0',
    '::127.0.0.1',
    '1::1',
    'localhost',
  ])
    assert.ok(!loopback(text), text)
})

test('rate limits count the addresses of an IPv6 network as one client, and IPv4 addresses individually', () => {
  assert.equal(clientKey('2001:db8:1:2::9'), clientKey('2001:DB8:1:2:ffff:eeee:dddd:cccc'))
  assert.notEqual(clientKey('2001:db8:1:2::9'), clientKey('2001:db8:1:3::9'))
  assert.equal(clientKey('2001:db8:1:2::9', 48), clientKey('2001:db8:1:3::9', 48))
  assert.notEqual(clientKey('2001:db8:1:2::9', 128), clientKey('2001:db8:1:2::8', 128))
  assert.equal(clientKey('::ffff:192.0.2.1'), clientKey('192.0.2.1'))
  assert.notEqual(clientKey('192.0.2.1'), clientKey('192.0.2.2'))
  for (const text of ['', 'garbage', '192.0', '192.0.2', '192.0.2.1.evil', '192.0.2.1.7', 'a.0.2.1', '192.a.b.c'])
    assert.equal(clientKey(text), 'unknown', text)
})
