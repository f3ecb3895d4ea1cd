import assert from 'node:assert/strict'
import { test } from 'node:test'
import { lineErrors, parseNetworkLines, textOfNetworks } from './network-lines.ts'

const text = '\n 203.0.113.0/24 \n2001:db8::/32\n\n10.0.0.1/8\nnonsense\r\nfe80::1%eth0'

test('networks are read one per line, and sorted into the lists of the API', () => {
  const networks = parseNetworkLines(text)
  assert.deepEqual(networks, {
    allowedIps: ['203.0.113.0/24', '10.0.0.1/8', 'nonsense'],
    allowedIpv6: ['2001:db8::/32', 'fe80::1%eth0'],
  })
  assert.deepEqual(parseNetworkLines(textOfNetworks(networks)), networks)
  assert.deepEqual(parseNetworkLines(' \n'), { allowedIps: [], allowedIpv6: [] })
})

test('an error of the server names the line of the network', () => {
  const fault = (pointer: string) => ({ pointer: `/data/attributes/${pointer}`, detail: 'Wrong.' })
  assert.deepEqual(lineErrors(text, [fault('allowed-ips/1'), fault('allowed-ips/2'), fault('allowed-ipv6/1')]), [
    'Line 5: 10.0.0.1/8 is not a network such as 203.0.113.0/24.',
    'Line 6: nonsense is not a network such as 203.0.113.0/24.',
    'Line 7: fe80::1%eth0 is not a network such as 2001:db8::/32.',
  ])
  assert.deepEqual(lineErrors(text, [fault('allowed-ips'), fault('name')]), ['Wrong.'], 'an error of the whole list')
})
