/** Determines the client's address: the nearest address in the forwarding chain that is not a trusted proxy. */
import type { IncomingMessage } from 'node:http'
import type { Socket } from 'node:net'
import { contains, type IpAddress, isLoopback, parseAddress, parseForwarded } from '../verdicts/ip-address.ts'

export type IsTrusted = (address: IpAddress) => boolean

const trustNone: IsTrusted = () => false

/** Parses the value of `--trust-proxy`: `loopback`, addresses and networks, separated by commas. Null trusts no proxy. */
export function trustedProxies(text: string | null): IsTrusted {
  if (text === null) return trustNone
  const tests = text
    .split(',')
    .map((each) => each.trim())
    .map((each): IsTrusted => (each === 'loopback' ? isLoopback : inNetwork(each)))
  return (address) => tests.some((matches) => matches(address))
}

function inNetwork(text: string): IsTrusted {
  const [address = '', prefix] = text.split('/')
  const parsed = parseAddress(address)
  if (!parsed) throw new TypeError(`not an address: ${address}`)
  const { bytes } = parsed
  // An IPv4 network may be written in IPv6 notation, in which the first 96 bits are constant.
  const ipv4InIpv6 = bytes.length === 4 && address.includes(':') ? 96 : 0
  const bits = prefix === undefined ? bytes.length * 8 : Math.max(0, Number(prefix) - ipv4InIpv6)
  return (other) => contains({ text, bytes, bits }, other)
}

/**
 * Returns the normalized address, IPv4-mapped IPv6 as IPv4. Returns `unknown` if a trusted proxy sends an invalid
 * address: falling back to the proxy's own address would treat the client as loopback.
 */
export function clientAddress({ socket, headers }: IncomingMessage, isTrusted: IsTrusted): string {
  let client = addressOf(socket)
  const forwarded = headersJoined(headers['x-forwarded-for'])
  if (forwarded === '') return client?.text ?? 'unknown'
  for (const part of forwarded.split(',').toReversed()) {
    if (!client || !isTrusted(client)) break
    client = parseForwarded(part.trim())
  }
  return client?.text ?? 'unknown'
}

/** Whether a proxy on this machine sent `X-Forwarded-For` but is not listed in `--trust-proxy`, so the header is ignored. */
export function isUndeclaredProxy({ socket, headers }: IncomingMessage, isTrusted: IsTrusted): boolean {
  if (headers['x-forwarded-for'] === undefined) return false
  const peer = parseAddress(socket.remoteAddress ?? '')
  return peer !== undefined && isLoopback(peer) && !isTrusted(peer)
}

/** Whether the connection comes from a trusted proxy. */
export function isFromTrusted(socket: Socket, isTrusted: IsTrusted): boolean {
  const peer = addressOf(socket)
  return peer !== undefined && isTrusted(peer)
}

/** The address of a connection never changes. */
const addresses = new WeakMap<Socket, IpAddress>()

function addressOf(socket: Socket): IpAddress | undefined {
  const known = addresses.get(socket)
  if (known) return known
  const address = parseAddress(socket.remoteAddress ?? '')
  if (address) addresses.set(socket, address)
  return address
}

const headersJoined = (value: string | string[] | undefined): string => (value ?? '').toString().trim()
