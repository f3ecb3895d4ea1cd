import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { isAllowed, type Network, networkOf, networksOf } from './networks.ts'

const networks = (...texts: string[]): readonly Network[] =>
  networksOf([{ id: 'acc', allowedIps: texts }]).get('acc') ?? []

const cases: readonly [allowed: string[], address: string, isIn: boolean][] = [
  [[], '192.0.2.7', true],
  [[], 'not an address', true],
  [['10.0.0.0/8'], '10.0.0.0', true],
  [['10.0.0.0/8'], '10.255.255.255', true],
  [['10.0.0.0/8'], '11.0.0.0', false],
  [['10.0.0.0/8'], '9.255.255.255', false],
  [['10.0.0.0/8', '192.0.2.7'], '192.0.2.7', true],
  [['10.0.0.0/8', '192.0.2.7'], '192.0.2.8', false],
  [['0.0.0.0/0'], '203.0.113.9', true],
  [['128.0.0.0/1'], '200.1.1.1', true],
  [['128.0.0.0/1'], '127.255.255.255', true],
  [['128.0.0.0/1'], '126.255.255.255', false],
  [['10.0.0.0/8'], '::ffff:10.1.2.3', true],
  [['10.0.0.0/8'], '::ffff:11.1.2.3', false],
  [['10.0.0.0/8'], '2001:db8::1', false],
  [['0.0.0.0/0'], '2001:db8::1', false],
  [['10.0.0.0/8'], '::ffff:a01:203', true],
  [['10.0.0.0/8'], '0:0:0:0:0:FFFF:10.1.2.3', true],
  [['2001:db8::/32'], '2001:db8:ffff::1', true],
  [['2001:db8::/32'], '2001:0DB8:0:0::1%eth0', true],
  [['2001:db8::/32'], '2001:db9::1', false],
  [['2001:db8::/32'], '10.1.2.3', false],
  [['::/0'], '10.1.2.3', false],
  [['2001:db8::/32', '10.0.0.0/8'], '10.1.2.3', true],
  [['no network'], '10.1.2.3', false],
  [['10.0.0.0/8'], '', false],
]
for (const [allowed, address, isIn] of cases) {
  test(`${address || 'no address'} is ${isIn ? '' : 'not '}allowed by [${allowed}]`, () => {
    assert.equal(isAllowed(networks(...allowed), address), isIn)
  })
}

test('loopback is always allowed', () => {
  for (const address of ['127.0.0.1', '127.255.0.9', '::1', '0:0::1', '::ffff:127.0.0.1', '::ffff:7f00:1'])
    assert.equal(isAllowed(networks('10.0.0.0/8'), address), true, address)
})

test('only a real loopback address counts as loopback', () => {
  for (const address of ['128.0.0.1', '::2', '2001:db8::127.0.0.1', 'fe80::1', '127.evil', '127.0.0.1.evil', '127.1'])
    assert.equal(isAllowed(networks('10.0.0.0/8'), address), false, address)
})

test('a network contains an address if their first bits match', () => {
  const bytes = fc.tuple(fc.nat(255), fc.nat(255), fc.nat(255), fc.nat(255))
  const bitsOf = (parts: readonly number[]) => parts.map((part) => part.toString(2).padStart(8, '0')).join('')
  fc.assert(
    fc.property(bytes, bytes, fc.nat(32), (one, other, bits) => {
      const base = bitsOf(one).slice(0, bits).padEnd(32, '0')
      const text = [0, 8, 16, 24].map((at) => Number.parseInt(base.slice(at, at + 8), 2)).join('.')
      const isIn = other[0] === 127 || bitsOf(other).startsWith(base.slice(0, bits))
      assert.equal(isAllowed(networks(`${text}/${bits}`), other.join('.')), isIn)
    }),
  )
})

test('IPv4 addresses belong to their /24, IPv6 addresses to their /48', () => {
  for (const [address, network] of [
    ['192.0.2.77', '192.0.2.0/24'],
    ['::ffff:192.0.2.77', '192.0.2.0/24'],
    ['2001:db8:1:2::9', '2001:db8:1::/48'],
    ['2001:db8:0001:2:3:4:5:6', '2001:db8:1::/48'],
    ['2001:db8::1', '2001:db8:0::/48'],
    ['fe80::1%eth0', 'fe80:0:0::/48'],
    ['::1', '0:0:0::/48'],
    ['somewhere', undefined],
  ] as const)
    assert.equal(networkOf(address), network, address)
})
